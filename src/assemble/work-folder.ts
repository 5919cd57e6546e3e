import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { markInUse, readInUse } from '../gc/in-use.ts';

/**
 * A folder for as long as some work takes. An image of twenty gigabytes lies in it, so what a killed run left is
 * removed first, and not after the day that other half-made things get.
 */
export async function inWorkFolder<T>(cache: string, work: (folder: string) => Promise<T>): Promise<T> {
  const all = join(cache, 'assembly');
  const folder = join(all, `${randomUUID()}.partial`);
  const used = await markInUse([nameOf(folder)]);
  try {
    mkdirSync(folder, { recursive: true });
    // In this order: who marks its folder and then makes it is either not seen, or seen with its mark.
    const found = readdirSync(all);
    const inUse = readInUse();
    for (const name of found) {
      const other = join(all, name);
      if (!inUse(nameOf(other))) rmSync(other, { recursive: true, force: true });
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    used.release();
  }
}

function nameOf(folder: string): string {
  return `folder ${folder}`;
}
