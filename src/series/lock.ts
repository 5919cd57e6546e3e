import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode, HaloboxError } from '../model/error.ts';
import { takeExclusively } from '../store/exclusive.ts';
import { lockName, removeUnusedFolder } from './record.ts';

/**
 * Runs `work` while no other halobox changes the same tree. A lock whose process is gone is taken over.
 * @throws HaloboxError when another one is at work.
 */
export async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, lockName);
  try {
    mkdirSync(folder, { recursive: true });
    take(file);
  } catch (error) {
    throw unwritable(error, folder);
  }
  try {
    return await work();
  } catch (error) {
    throw unwritable(error, folder);
  } finally {
    rmSync(file, { force: true });
    removeUnusedFolder(folder);
  }
}

const refusals = ['EACCES', 'EDQUOT', 'EIO', 'ENOSPC', 'EPERM', 'EROFS'];

/** What the file system refuses is the person's to mend, not a fault of ours. */
function unwritable(error: unknown, folder: string): unknown {
  const { code, message, path } = error as NodeJS.ErrnoException;
  if (code === undefined || !refusals.includes(code)) return error;
  return new HaloboxError(ExitCode.failed, {
    what: `the tree can't be written: ${message}`,
    where: { file: path ?? folder },
    next: 'Make room, or see to the right to write there; the tree is as it was.',
    cause: error,
  });
}

function take(file: string): void {
  const owner = takeExclusively(file);
  if (owner === undefined) return;
  throw new HaloboxError(ExitCode.failed, {
    what: `another halobox (process ${owner}) is patching this tree`,
    where: { file },
    next: 'Wait until it is done; if there is none, remove this file.',
  });
}
