import { join } from 'node:path';
import { writeFolders } from '../../build/write-folders.ts';
import { InvalidInput } from '../../model/error.ts';
import type { Recipe } from '../../plan/recipe.ts';
import { plainReporter } from '../../report/plain.ts';
import { writeDocument } from '../output.ts';
import { type InputFlags, prepare } from '../prepare.ts';
import type { Surroundings } from '../surroundings.ts';

export interface RenderOptions extends InputFlags {
  out?: string;
}

export async function render(
  name: string,
  layer: string | undefined,
  options: RenderOptions,
  surroundings: Surroundings,
): Promise<void> {
  const talk = plainReporter((text) => surroundings.stderr.write(text));
  const prepared = await prepare(name, options, surroundings, talk);
  const recipes = chosen(prepared.recipes, layer);
  if (options.out !== undefined) await writeFolders(options.out, recipes, surroundings.signal);
  if (options.json) {
    const described = recipes.map(({ layer, key, reference, definition, containerfile }) => {
      const { needs, network } = definition;
      return { layer, key, reference, needs, network, containerfile };
    });
    writeDocument(surroundings, described);
  } else if (options.out === undefined) {
    surroundings.stdout.write(recipes.map(({ containerfile }) => containerfile).join('\n'));
  } else {
    surroundings.stdout.write(`${join(options.out, 'build.sh')}\n`);
  }
}

function chosen(recipes: readonly Recipe[], layer: string | undefined): readonly Recipe[] {
  if (layer === undefined) return recipes;
  const found = recipes.filter((recipe) => recipe.layer === layer);
  if (found.length > 0) return found;
  throw new InvalidInput({
    what: `there is no layer ${JSON.stringify(layer)}`,
    next: `Layers: ${recipes.map((recipe) => recipe.layer).join(', ')}.`,
  });
}
