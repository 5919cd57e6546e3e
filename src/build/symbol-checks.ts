import type { Engine } from '../engine/engine.ts';
import type { PlannedNode } from '../plan/plan.ts';
import type { Reporter } from '../report/event.ts';
import { checkSymbols } from './check-symbols.ts';
import type { ImageBuild } from './image-build.ts';

/** What must hold before a layer is built. @throws ContractFailed (exit 5), EngineError (exit 6). */
export type BeforeBuild = (node: Pick<PlannedNode, 'images' | 'recipe'>) => Promise<void>;

/**
 * Before a layer takes a librccl that was built here, the library has to have what every image that has the layer
 * demands of it: what was built with it already was built after this check. Images that demand the same of the same
 * layers are checked once.
 */
export function symbolChecks(
  engine: Engine,
  images: readonly ImageBuild[],
  reporter: Reporter,
  signal: AbortSignal,
): BeforeBuild {
  const checks = new Map<string, Promise<void>>();
  const check = ({ image: { definition }, recipes }: ImageBuild): Promise<void> => {
    const rccl = definition.rccl!;
    const read = new Set([rccl.layer, ...rccl.neededBy.map(({ layer }) => layer)]);
    const keys = recipes.filter(({ layer }) => read.has(layer)).map(({ key }) => key);
    const same = JSON.stringify([rccl, keys]);
    const run = async () => {
      const count = await checkSymbols(engine, rccl, recipes, signal);
      const text = `librccl of layer ${rccl.layer} lacks none of the symbols that are needed of it (${count})`;
      reporter.report({ event: 'note', text });
    };
    const promise = checks.get(same) ?? run();
    checks.set(same, promise);
    return promise;
  };
  return async ({ images: those, recipe }) => {
    for (const build of images) {
      const { definition } = build.image;
      if (build.inputs.rccl?.decided !== 'patched' || !those.includes(definition.image)) continue;
      if (recipe.definition.needs.includes(definition.rccl!.layer)) await check(build);
    }
  };
}
