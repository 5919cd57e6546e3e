import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes. The largest source files that patches meet have some hundred kilobytes. */
const largest = 16 * 1024 * 1024;

export type Found =
  | { kind: 'file'; path: string; executable: boolean }
  | { kind: 'missing' }
  | { kind: 'refused'; why: string };

/**
 * Looks a file up below a root without following any symbolic link: one could lead out of the tree, and git would not
 * patch through it either.
 */
export function findInside(root: string, path: string): Found {
  const parts = path.split('/');
  for (let length = 1; length <= parts.length; length++) {
    const at = parts.slice(0, length).join('/');
    const facts = lstatSync(join(root, at), { throwIfNoEntry: false });
    if (!facts) return { kind: 'missing' };
    if (facts.isSymbolicLink()) return { kind: 'refused', why: `${at} is a symbolic link` };
    if (length < parts.length) {
      if (!facts.isDirectory()) return { kind: 'refused', why: `${at} is no folder` };
    } else if (!facts.isFile()) {
      return { kind: 'refused', why: `${at} is no regular file` };
    } else if (facts.size > largest) {
      return {
        kind: 'refused',
        why: `${at} has ${facts.size.toLocaleString('en')} bytes, too many for a source file`,
      };
    } else {
      return { kind: 'file', path: join(root, path), executable: (facts.mode & 0o111) !== 0 };
    }
  }
  return { kind: 'missing' };
}

/** The text of a file below a root with LF as line ends, for conditions; undefined where there is none. */
export function readInside(root: string, path: string): string | undefined {
  const found = findInside(root, path);
  return found.kind === 'file' ? readFileSync(found.path, 'utf8').replaceAll('\r\n', '\n') : undefined;
}
