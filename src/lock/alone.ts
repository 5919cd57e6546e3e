import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogImage } from '../catalog/catalog.ts';
import { ExitCode, HaloboxError } from '../model/error.ts';
import { takeExclusively } from '../store/exclusive.ts';

/**
 * Runs `work` while no other halobox of this person resolves the same image: each would write over what the other read.
 * @param state folder for the mark of who is at work; nothing of it lands beside the lock.
 * @throws HaloboxError (exit 1) that names the process at work.
 */
export async function alone<T>(
  { folder, definition }: CatalogImage,
  state: string,
  work: () => Promise<T>,
): Promise<T> {
  const marks = join(state, 'resolving');
  mkdirSync(marks, { recursive: true });
  const place = createHash('sha256').update(realpathSync(folder)).digest('hex');
  const file = join(marks, place.slice(0, 32));
  const owner = takeExclusively(file);
  if (owner !== undefined) {
    throw new HaloboxError(ExitCode.failed, {
      what: `another halobox (process ${owner}) is resolving ${definition.image}`,
      where: { file },
      next: 'Wait until it is done; if there is none, remove this file.',
    });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
