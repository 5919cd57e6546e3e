import type { Engine } from '../engine/engine.ts';
import type { Estimate } from './estimate.ts';
import type { Plan } from './plan.ts';

/**
 * What `halobox plan --json` prints; docs/planning.md describes it.
 * @param assembled images that the engine has put together.
 * @param explain with everything that each key is made from.
 */
export function planDocument(
  { nodes, released }: Plan,
  assembled: ReadonlySet<string>,
  { jobs, seconds, path, unknown }: Estimate & { jobs: number },
  engine: Pick<Engine, 'kind' | 'version' | 'endpoint'> | undefined,
  explain: boolean,
) {
  return {
    engine: engine && { kind: engine.kind, version: engine.version, endpoint: engine.endpoint },
    images: [...released].map(([image, key]) => ({ image, released: key, assembled: assembled.has(image) })),
    layers: [...nodes.values()].map(({ recipe, ...node }) => ({
      ...node,
      ...(explain && { inputs: recipe.inputs }),
    })),
    estimate: { jobs, seconds, path, unknown },
  };
}
