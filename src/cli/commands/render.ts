import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { contextOf } from '../../build/build-layer.ts';
import { unpack } from '../../engine/unpack.ts';
import { InvalidInput } from '../../model/error.ts';
import { buildScript } from '../../plan/build-script.ts';
import type { Recipe } from '../../plan/recipe.ts';
import { plainReporter } from '../../report/plain.ts';
import { writeWhole } from '../../store/write-file.ts';
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

/** One folder per layer with its Containerfile and context, and the commands that build them by hand. */
async function writeFolders(out: string, recipes: readonly Recipe[], signal: AbortSignal): Promise<void> {
  if (existsSync(out)) {
    throw new InvalidInput({
      what: `${out} is there already`,
      where: '--out',
      next: 'Remove it or name another folder.',
    });
  }
  const beside = `${out}.${randomUUID()}.partial`;
  try {
    for (const recipe of recipes) {
      await unpack(contextOf(recipe), join(beside, recipe.layer), signal);
    }
    writeWhole(join(beside, 'build.sh'), buildScript(recipes));
    await rename(beside, out);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
