import { join } from 'node:path';
import { writeFolders } from '../../build/write-folders.ts';
import { InvalidInput } from '../../model/error.ts';
import { bakeFile } from '../../plan/bake.ts';
import type { Recipe } from '../../plan/recipe.ts';
import { plainReporter } from '../../report/plain.ts';
import { writeDocument } from '../output.ts';
import { type InputFlags, prepare } from '../prepare.ts';
import type { Surroundings } from '../surroundings.ts';

export interface RenderOptions extends InputFlags {
  out?: string;
  bake?: boolean;
}

export async function render(
  name: string,
  layer: string | undefined,
  options: RenderOptions,
  surroundings: Surroundings,
): Promise<void> {
  if (options.bake && (options.out === undefined || layer !== undefined)) {
    throw new InvalidInput({
      what: 'a bake file stands beside the folders of all layers',
      where: '--bake',
      next: `Name a folder and no layer: halobox render ${name} --bake --out rendered`,
    });
  }
  const talk = plainReporter((text) => surroundings.stderr.write(text));
  const prepared = await prepare(name, options, surroundings, talk);
  const recipes = chosen(prepared.recipes, layer);
  const bake = options.bake ? bakeFile(recipes) : undefined;
  if (options.out !== undefined) await writeFolders(options.out, recipes, surroundings.signal, bake);
  if (options.json) {
    const described = recipes.map(({ layer, key, reference, definition, containerfile }) => {
      const { needs, network } = definition;
      return { layer, key, reference, needs, network, containerfile };
    });
    writeDocument(surroundings, described);
  } else if (options.out === undefined) {
    surroundings.stdout.write(recipes.map(({ containerfile }) => containerfile).join('\n'));
  } else {
    surroundings.stdout.write(`${join(options.out, options.bake ? 'docker-bake.json' : 'build.sh')}\n`);
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
