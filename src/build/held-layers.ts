import type { Engine } from '../engine/engine.ts';
import type { LayerGraph } from '../plan/graph.ts';
import { label } from '../plan/labels.ts';
import type { Recipe } from '../plan/recipe.ts';

/** Questions that an engine gets at a time. */
const atOnce = 16;

/**
 * The references of the layers that are there under their key, each with its place: `this engine`, or a cache's name.
 * Asked from the released ones down: of what is below a layer that is there nothing is asked.
 * @param engine undefined: only caches are asked.
 * @param elsewhere which cache has a layer that the engine lacks; asked for one layer after the other.
 */
export async function heldLayers(
  engine: Pick<Engine, 'inspectImage'> | undefined,
  { nodes, released }: LayerGraph,
  elsewhere: (recipe: Recipe) => Promise<string | undefined> = async () => undefined,
): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  const asked = new Set(released.values());
  const open = [...asked];
  while (open.length > 0) {
    const some = open.splice(0, atOnce).map((key) => nodes.get(key)!);
    const there = await Promise.all(
      some.map(
        async ({ key, reference }) => (await engine?.inspectImage(reference))?.labels[label.key] === key,
      ),
    );
    for (const [index, { reference, after, recipe }] of some.entries()) {
      const place = there[index] ? 'this engine' : await elsewhere(recipe);
      if (place !== undefined) held.set(reference, place);
      else {
        const below = after.filter((key) => !asked.has(key));
        open.push(...below);
        for (const key of below) asked.add(key);
      }
    }
  }
  return held;
}
