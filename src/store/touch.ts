import { utimesSync } from 'node:fs';

/**
 * Says that something of a cache was used now: `gc` removes by this time. Best effort: of a cache that can only be read
 * nothing is removed either, and another run may have removed it meanwhile.
 */
export function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // See above.
  }
}
