import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unpack } from '../engine/unpack.ts';
import { InvalidInput } from '../model/error.ts';
import { buildScript } from '../plan/build-script.ts';
import type { Recipe } from '../plan/recipe.ts';
import { writeWhole } from '../store/write-file.ts';
import { contextOf } from './build-layer.ts';

/**
 * One folder per layer with its Containerfile and context, and the commands that build them by hand.
 * @param bake the file for `docker buildx bake`, where it is wanted.
 */
export async function writeFolders(
  out: string,
  recipes: readonly Recipe[],
  signal: AbortSignal,
  bake?: object,
): Promise<void> {
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
    if (bake) writeWhole(join(beside, 'docker-bake.json'), `${JSON.stringify(bake, undefined, 2)}\n`);
    await rename(beside, out);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
