import { type KeyInputs, layerKey } from '../key.ts';
import type { Recipe } from '../recipe.ts';

/** A recipe with true keys, as far as planning looks at it. */
export function recipeOf(
  layer: string,
  parents: readonly Recipe[] = [],
  { after = [] as readonly string[], ...changes }: Partial<KeyInputs> & { after?: readonly string[] } = {},
): Recipe {
  const inputs: KeyInputs = {
    layer,
    containerfile: `# ${layer}\n`,
    packages: {},
    network: 'none',
    sources: {},
    files: {},
    parents: Object.fromEntries(parents.map((parent) => [parent.layer, parent.key])),
    ...changes,
  };
  const key = layerKey(inputs);
  return {
    layer,
    key,
    inputs,
    reference: `localhost/halobox/${layer}:${key}`,
    containerfile: inputs.containerfile,
    context: [],
    after: [...new Set([...parents.map((parent) => parent.layer), ...after])],
    definition: {
      ...{ kind: 'plain', purpose: '', sources: [], files: [], buildOnly: false, with: {} },
      ...{ outputs: [], changes: 'monthly' as const },
      ...{ needs: parents.map((parent) => parent.layer), network: inputs.network },
    },
  };
}
