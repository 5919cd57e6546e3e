import { realPath } from '../real-path.ts';
import type { Owners } from './owner.ts';

/** `<package>[:<architecture>].<what>`, dpkg(1). */
const info = /^var\/lib\/dpkg\/info\/([a-z0-9][a-z0-9+.-]+?)(?::[a-z0-9-]+)?\.([a-z0-9]+)$/;

/** Packages of dpkg, by the lists that it keeps of their files; what it keeps of them is theirs too. */
export const debianOwners: Owners = {
  reads: (path) => info.exec(path)?.[2] === 'list',
  find(tree) {
    const owners = new Map<string, string>();
    for (const [path, inode] of tree) {
      const [, name, what] = info.exec(path) ?? [];
      if (name === undefined || inode.type !== 'file') continue;
      owners.set(path, name);
      if (what !== 'list') continue;
      for (const line of inode.text?.split('\n') ?? []) {
        const owned = realPath(tree, line);
        if (owned !== '' && tree.get(owned)?.type !== 'directory') owners.set(owned, name);
      }
    }
    return owners;
  },
};
