import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Longer than any download or bootstrap takes. Milliseconds. */
const day = 24 * 60 * 60 * 1000;

/**
 * Removes what killed runs left half made below a cache: everything called `….partial…` that nobody has touched for a
 * day. It looks once a day: a cache has thousands of files. Best effort: another run may be quicker.
 * @param depth how many folders down to look.
 * @param now milliseconds since 1970.
 */
export function sweepPartials(cache: string, depth: number, now: number): void {
  try {
    const last = statSync(markOf(cache), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    // A clock that was wrong may have set it to a time that is still to come.
    if (Math.abs(now - last) < day) return;
    sweep(cache, depth, now);
    writeFileSync(markOf(cache), '');
    utimesSync(markOf(cache), now / 1000, now / 1000);
  } catch {
    // There is no cache yet, or it is somebody else's.
  }
}

/** Makes the next run look; to be called before something is left half made on purpose. Best effort, too. */
export function sweepNext(cache: string): void {
  try {
    rmSync(markOf(cache), { force: true });
  } catch {
    // Then nothing can be left there either.
  }
}

function markOf(cache: string): string {
  return join(cache, 'swept');
}

function sweep(folder: string, depth: number, now: number): void {
  for (const entry of list(folder)) {
    const path = join(folder, entry.name);
    if (/\.partial(\.|$)/.test(entry.name)) {
      const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
      if (now - touched > day) rmSync(path, { recursive: true, force: true });
    } else if (entry.isDirectory() && depth > 0) {
      sweep(path, depth - 1, now);
    }
  }
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
