import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Changes when anything below `images/`, `templates/` or `patches/` may have changed: names, sizes, inodes and times
 * of change to the nanosecond, which no tool can set back. Nothing is read, and nothing is hashed: loading node:crypto
 * would take longer than the rest.
 */
export function fingerprint(root: string): string {
  const facts: string[] = [];
  const visit = (path: string): void => {
    const { ino, size, mode, ctimeNs } = lstatSync(path, { bigint: true });
    facts.push(`${path}\0${ino} ${size} ${mode} ${ctimeNs}`);
    if ((mode & 0o170000n) !== 0o040000n) return;
    for (const name of readdirSync(path).sort()) visit(join(path, name));
  };
  for (const folder of ['images', 'patches', 'templates']) {
    if (lstatSync(join(root, folder), { throwIfNoEntry: false })) visit(join(root, folder));
  }
  return facts.join('\n');
}
