import { type BigIntStats, lstatSync, type Stats } from 'node:fs';
import { InvalidInput } from '../model/error.ts';
import { type ContextEntry, namesOf, originOf } from './entry.ts';

/** A folder of the host that shows through at a folder of the context. */
export interface HostFolder {
  /** The tree's root on the host. */
  root: string;
  /** This folder, relative to the root; empty for the root itself. */
  inside: string;
}

/** A folder of the context: what was put there by name, over the host's folders that lie there. */
export interface Folder {
  origin: string;
  children: Map<string, Folder | Leaf>;
  hosts: HostFolder[];
}

export interface Leaf {
  origin: string;
  entry: Extract<ContextEntry, { kind: 'text' | 'file' }>;
}

/**
 * Lays all entries out as one folder, without looking into trees.
 * @throws InvalidInput for a bad path, a path given twice, or a host path that is missing or of the wrong type.
 */
export function layOut(entries: readonly ContextEntry[]): Folder {
  const root: Folder = { origin: 'the context', children: new Map(), hosts: [] };
  for (const entry of entries) {
    const origin = originOf(entry);
    const names = namesOf(entry);
    const last = entry.kind === 'tree' ? undefined : names.pop();
    let folder = root;
    for (const name of names) {
      const found = folder.children.get(name) ?? { origin, children: new Map(), hosts: [] };
      if ('entry' in found) throw twice(entry.path, found.origin, origin);
      folder.children.set(name, found);
      folder = found;
    }
    if (entry.kind === 'tree') {
      checkHost(entry, (facts) => facts.isDirectory(), 'a folder');
      folder.hosts.push({ root: entry.from, inside: '' });
    } else {
      const found = folder.children.get(last as string);
      if (found) throw twice(entry.path, found.origin, origin);
      if (entry.kind === 'file') checkHost(entry, (facts) => facts.isFile(), 'a regular file');
      folder.children.set(last as string, { origin, entry });
    }
  }
  return root;
}

export function twice(path: string, first: string, second: string): InvalidInput {
  return new InvalidInput({
    what: `${path} is put into the build context twice: from ${first} and from ${second}`,
    where: second,
    next: 'Give one of them another path, or leave it out.',
  });
}

function checkHost(
  entry: Extract<ContextEntry, { from: string }>,
  fits: (facts: Stats | BigIntStats) => boolean,
  wanted: string,
): void {
  const facts = lstatSync(entry.from, { throwIfNoEntry: false });
  if (facts && fits(facts)) return;
  const found = !facts ? 'does not exist' : facts.isSymbolicLink() ? 'is a symlink' : `is not ${wanted}`;
  throw new InvalidInput({
    what: `${entry.from}, which the build context needs as ${entry.path}, ${found}`,
    where: entry.from,
    next: `Put ${wanted} there.`,
  });
}
