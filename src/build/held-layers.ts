import type { Engine } from '../engine/engine.ts';
import type { LayerGraph } from '../plan/graph.ts';
import { label } from '../plan/labels.ts';
import type { Recipe } from '../plan/recipe.ts';

/** Questions that an engine gets at a time. */
const atOnce = 16;

/**
 * The references of the layers that the engine holds under their key, with the word for it. Asked from the released
 * ones down: of what is below a layer that is there nothing is asked.
 * @param fetch brings a layer that the engine lacks from a cache; true: it is there now.
 */
export async function heldLayers(
  engine: Pick<Engine, 'inspectImage'>,
  { nodes, released }: LayerGraph,
  fetch: (recipe: Recipe) => Promise<boolean> = async () => false,
): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  const asked = new Set(released.values());
  const open = [...asked];
  while (open.length > 0) {
    const some = open.splice(0, atOnce).map((key) => nodes.get(key)!);
    const there = await Promise.all(
      some.map(
        async ({ key, reference }) => (await engine.inspectImage(reference))?.labels[label.key] === key,
      ),
    );
    for (const [index, { reference, after, recipe }] of some.entries()) {
      if (there[index]) held.set(reference, 'on this engine');
      else if (await fetch(recipe)) held.set(reference, 'from a cache');
      else {
        const below = after.filter((key) => !asked.has(key));
        open.push(...below);
        for (const key of below) asked.add(key);
      }
    }
  }
  return held;
}
