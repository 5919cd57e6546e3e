import { homedir } from 'node:os';
import { join } from 'node:path';
import { installed } from '../installed.ts';
import type { Program } from '../measure.ts';

/** Where the tests have the root file system that mmdebstrap makes. */
const cacheFolder = process.env.HALOBOX_TEST_CACHE || join(homedir(), '.cache', 'halobox-test');

/** halobox on a catalog, with its records below a folder. */
export function haloboxProgram(
  catalog: string,
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Program {
  return {
    command: process.execPath,
    args: installed('-C', catalog, ...args),
    env: { ...env, XDG_CACHE_HOME: cacheFolder, XDG_STATE_HOME: join(folder, 'state') },
  };
}
