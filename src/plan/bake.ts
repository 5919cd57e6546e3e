import { layerLabels } from './labels.ts';
import type { Recipe } from './recipe.ts';

/** `docker-bake.json` as https://docs.docker.com/build/bake/reference/ has it, with what halobox needs of it. */
interface BakeFile {
  group: Record<string, { targets: string[] }>;
  target: Record<string, BakeTarget>;
}

interface BakeTarget {
  context: string;
  dockerfile: string;
  tags: string[];
  labels: Record<string, string>;
  /** Of RUN steps. */
  network?: 'none';
  /** What a FROM or --from names, and the target that makes it. */
  contexts?: Record<string, string>;
}

/**
 * The layers of an image as a bake file beside their folders, so that any BuildKit can build the graph: a remote one, or
 * one in Kubernetes, where this machine is too small. The released image is put together and tested by `build`, which
 * finds what was baked as layers of its own.
 * @param recipes parents before children; the last one is what the released image is put together from.
 */
export function bakeFile(recipes: readonly Recipe[]): BakeFile {
  const byName = new Map(recipes.map((recipe) => [recipe.layer, recipe]));
  const targetOf = (recipe: Recipe): BakeTarget => {
    const { layer, reference } = recipe;
    const { needs, network } = recipe.definition;
    const contexts = needs.map((need) => [byName.get(need)!.reference, `target:${need}`]);
    return {
      context: layer,
      dockerfile: 'Containerfile',
      tags: [reference],
      labels: layerLabels(recipe),
      ...(network === 'none' && { network }),
      ...(contexts.length > 0 && { contexts: Object.fromEntries(contexts) }),
    };
  };
  // What the last one stands on tells which of its files are whose.
  const chain: string[] = [];
  for (let at = recipes.at(-1); at; at = byName.get(at.definition.needs[0] ?? '')) chain.unshift(at.layer);
  return {
    group: { default: { targets: chain }, layers: { targets: recipes.map(({ layer }) => layer) } },
    target: Object.fromEntries(recipes.map((recipe) => [recipe.layer, targetOf(recipe)])),
  };
}
