import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode, HaloboxError } from '../model/error.ts';
import { lockName, removeUnusedFolder } from './record.ts';

/**
 * Runs `work` while no other halobox changes the same tree. A lock whose process is gone is taken over.
 * @throws HaloboxError when another one is at work.
 */
export async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, lockName);
  take(file);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
    removeUnusedFolder(folder);
  }
}

function take(file: string): void {
  for (let again = false; ; again = true) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, `${process.pid}\n`);
      closeSync(handle);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number.parseInt(readFileSync(file, 'utf8'), 10);
    if (again || isAlive(owner)) {
      throw new HaloboxError(ExitCode.failed, {
        what: `another halobox (process ${owner}) is patching this tree`,
        where: { file },
        next: 'Wait until it is done; if there is none, remove this file.',
      });
    }
    rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
