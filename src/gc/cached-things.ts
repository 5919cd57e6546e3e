import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CachedThing } from './garbage.ts';

/** Folders of the cache whose entries are each a thing of its own, by what is in them. */
const kinds = [
  { folder: 'sha256', byDigest: true },
  { folder: 'trees', byDigest: false },
  { folder: 'rootfs', byDigest: false },
  { folder: 'http', byDigest: false },
  { folder: 'remembered', byDigest: false },
  { folder: 'layers', byDigest: false },
  { folder: 'parts', byDigest: false },
] as const;

/** Everything in the cache that could go alone; half-made things are left to `sweepPartials`. */
export function cachedThings(cache: string): CachedThing[] {
  return kinds.flatMap(({ folder, byDigest }) =>
    entries(join(cache, folder))
      .filter((name) => !name.includes('.partial'))
      .map((name): CachedThing => {
        const path = join(cache, folder, name);
        const { size, touched } = measure(path);
        return { path, ...(byDigest && { sha256: name }), touched, size };
      }),
  );
}

/** Bytes of all files, and the latest time at the top: what is below is as old as its tarball says. */
function measure(path: string): { size: number; touched: number } {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  // Another run may have removed it meanwhile.
  if (!facts) return { size: 0, touched: Date.now() };
  const inner = facts.isDirectory() ? entries(path).map((name) => measure(join(path, name)).size) : [];
  return { size: facts.size + inner.reduce((sum, size) => sum + size, 0), touched: facts.mtimeMs };
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
