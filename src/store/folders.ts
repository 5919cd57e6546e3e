import { join } from 'node:path';

/** Where halobox keeps things between runs, https://specifications.freedesktop.org/basedir-spec/latest/ */
export interface Folders {
  /** Can be made again: downloads, root file systems, prepared trees. */
  cache: string;
  /** Should survive: logs, contract reports, records of running builds. */
  state: string;
}

/** @param home the person's home folder, for variables that are not set or not absolute. */
export function foldersOf(env: NodeJS.ProcessEnv, home: string): Folders {
  const base = (variable: string | undefined, fallback: string): string =>
    join(variable?.startsWith('/') ? variable : join(home, fallback), 'halobox');
  return { cache: base(env.XDG_CACHE_HOME, '.cache'), state: base(env.XDG_STATE_HOME, '.local/state') };
}
