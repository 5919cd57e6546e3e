import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './git.ts';

/** A submodule of TheRock that RCCL is built from. */
export interface Submodule {
  name: string;
  path: string;
  /** Where RCCL itself is. */
  projectPath: string;
  url: string | undefined;
  /** The commit that the tree pins, where git tells it. */
  commit: string | undefined;
}

/** From the older to the newer home: where both are there the older one is what is built. */
const homes = [
  { name: 'rccl', inside: '' },
  { name: 'rocm-systems', inside: 'projects/rccl' },
];

/**
 * Reads where a TheRock tree takes RCCL from, by its `.gitmodules`; the first is the one that is built.
 * @param tracked whether the tree is a checkout, whose index knows the pinned commits.
 */
export async function readModules(root: string, tracked: boolean, signal: AbortSignal): Promise<Submodule[]> {
  const file = join(root, '.gitmodules');
  if (!existsSync(file)) return [];
  const config = await git(root, ['config', '--file', file, '--list', '-z'], signal);
  const values = new Map<string, string>();
  for (const entry of config.stdout.split('\0')) {
    const end = entry.indexOf('\n');
    if (end > 0) values.set(entry.slice(0, end), entry.slice(end + 1));
  }
  const found: Submodule[] = [];
  for (const { name, inside } of homes) {
    const path = values.get(`submodule.${name}.path`);
    if (path === undefined || !/^[A-Za-z0-9_./+-]+$/.test(path) || path.split('/').includes('..')) continue;
    found.push({
      name,
      path,
      projectPath: inside ? `${path}/${inside}` : path,
      url: values.get(`submodule.${name}.url`),
      commit: tracked ? await pinOf(root, path, signal) : undefined,
    });
  }
  return found;
}

async function pinOf(root: string, path: string, signal: AbortSignal): Promise<string | undefined> {
  const { stdout } = await git(root, ['ls-files', '--stage', '--', path], signal);
  return /^160000 ([0-9a-f]{40,64}) /.exec(stdout)?.[1];
}
