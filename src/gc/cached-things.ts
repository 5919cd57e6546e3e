import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CachedThing } from './garbage.ts';

/** Folders of the cache whose entries are each a thing of its own; some are called by their digest. */
const kinds: readonly { folder: string; digest?: RegExp }[] = [
  { folder: 'sha256', digest: /^(.+)$/ },
  // Which of them is the newest stands beside, in a line of its own.
  { folder: 'rootfs', digest: /^([0-9a-f]{64})\.tar$/ },
  { folder: 'trees' },
  { folder: 'http' },
  { folder: 'remembered' },
  { folder: 'layers' },
  { folder: 'parts' },
  { folder: 'listings' },
];

/** Everything in the cache that could go alone; half-made things are left to `sweepPartials`. */
export function cachedThings(cache: string): CachedThing[] {
  return kinds.flatMap(({ folder, digest }) =>
    entries(join(cache, folder))
      .filter((name) => !name.includes('.partial') && (digest?.test(name) ?? true))
      .map((name): CachedThing => {
        const path = join(cache, folder, name);
        const { size, touched } = measure(path);
        const sha256 = digest?.exec(name)?.[1];
        return { path, ...(sha256 !== undefined && { sha256 }), touched, size };
      }),
  );
}

/** When something was last written or used, milliseconds since 1970; undefined: it is gone. */
export function touchedOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
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
