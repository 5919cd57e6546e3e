import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder that holds `images/`, `templates/` and `patches/`: the nearest one above `start`,
 * else the one that halobox itself came with.
 */
export function findRoot(start: string, own: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'images')) && existsSync(join(folder, 'templates'))) return folder;
    if (folder === dirname(folder)) return own;
  }
}
