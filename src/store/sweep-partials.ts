import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Longer than any download or bootstrap takes. Milliseconds. */
const day = 24 * 60 * 60 * 1000;

/**
 * Removes what killed runs left half made below a cache: everything called `….partial…` that nobody has touched for a
 * day. Best effort: another run may be quicker.
 * @param depth how many folders down to look.
 */
export function sweepPartials(folder: string, depth: number, now: number): void {
  for (const entry of list(folder)) {
    const path = join(folder, entry.name);
    if (/\.partial(\.|$)/.test(entry.name)) {
      const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
      if (now - touched > day) rmSync(path, { recursive: true, force: true });
    } else if (entry.isDirectory() && depth > 0) {
      sweepPartials(path, depth - 1, now);
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
