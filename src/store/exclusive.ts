import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { isAlive } from '../host/is-alive.ts';

/**
 * Makes `file` with this process's number in it, for work that only one process may do. What a process left that is
 * gone is taken over.
 * @returns undefined when it is ours now, to be removed after the work; else the number of the process that has it.
 */
export function takeExclusively(file: string): number | undefined {
  for (let again = false; ; again = true) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, `${process.pid}\n`);
      closeSync(handle);
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number.parseInt(readFileSync(file, 'utf8'), 10);
    if (again || isAlive(owner)) return owner;
    rmSync(file, { force: true });
  }
}
