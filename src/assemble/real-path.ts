import { posix } from 'node:path';
import type { Tree } from './inode.ts';

/** As Linux counts (path_resolution(7)); a circle of links ends there. */
const mostLinks = 40;

/**
 * Where a path leads to when its folders are symbolic links: /lib/x is /usr/lib/x in a Debian of today
 * (https://wiki.debian.org/UsrMerge). The last part is not followed.
 * @param path with or without a slash in front. @returns without one.
 */
export function realPath(tree: Tree, path: string): string {
  const rest = path.split('/').filter(Boolean);
  let folder = '';
  let links = 0;
  while (rest.length > 1) {
    const next = posix.join(folder, rest.shift()!);
    const { target } = tree.get(next) ?? {};
    if (target === undefined || links++ >= mostLinks) folder = next;
    else {
      rest.unshift(...target.split('/').filter(Boolean));
      if (target.startsWith('/')) folder = '';
    }
  }
  return posix.join('/', folder, rest[0] ?? '').slice(1);
}
