import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from '../model/error.ts';
import type { BuildRecord, Journal } from './journal.ts';

/**
 * Makes the temporary folder of a build, for this user alone. The record comes first: killed between the two, a halobox
 * leaves a record without a folder, and the next one can do without.
 * @throws EngineError when there can be no such folder.
 */
export async function makeBuildFolder(journal: Pick<Journal, 'write'>, record: BuildRecord): Promise<void> {
  await journal.write(record);
  try {
    await mkdir(record.folder, { mode: 0o700 });
  } catch (error) {
    throw new EngineError({
      what: `no temporary folder can be made: ${(error as Error).message}`,
      where: dirname(record.folder),
      next: 'Set TMPDIR to a folder that you may write to, with room for the build context.',
      cause: error,
    });
  }
}
