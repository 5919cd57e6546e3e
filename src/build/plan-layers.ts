import type { Recipe } from '../plan/recipe.ts';
import type { PlannedLayer } from '../report/event.ts';

/**
 * Decides what is to be done with each layer, from the released one down: what is there is reused, and what only
 * layers that are there would need is not needed at all.
 * @param recipes parents before children; the last one is the released layer.
 * @param there whether the engine holds the layer under its key.
 */
export async function planLayers(
  recipes: readonly Recipe[],
  there: (recipe: Recipe) => Promise<boolean>,
): Promise<PlannedLayer[]> {
  const wanted = new Set(recipes.slice(-1).map(({ layer }) => layer));
  const plan: PlannedLayer[] = [];
  for (const recipe of recipes.toReversed()) {
    const { layer, key } = recipe;
    if (!wanted.has(layer)) {
      plan.unshift({ layer, key, action: 'unneeded' });
      continue;
    }
    const reuse = await there(recipe);
    if (!reuse) for (const need of recipe.after) wanted.add(need);
    plan.unshift({ layer, key, action: reuse ? 'reuse' : 'build' });
  }
  return plan;
}
