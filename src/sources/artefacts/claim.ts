import { randomUUID } from 'node:crypto';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../host/is-alive.ts';

/** Longer than a download is ever silent: servers are given up after much less. Milliseconds. */
const hour = 60 * 60 * 1000;

/**
 * Takes the folder in which an earlier run left work of this name, or makes one. Who works in a folder stands in its
 * name, and taking it means renaming it, which only one of several processes can do: so nobody waits for another, and
 * what a killed process left is taken by the next. Abandoned ones are what `sweepPartials` looks for.
 * @param name without dots.
 * @returns the folder, which is the caller's alone.
 */
export async function claimFolder(parent: string, name: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  const own = join(parent, `${name}.${pidSpace()}-${process.pid}.${randomUUID()}.partial`);
  for (const entry of readdirSync(parent)) {
    if (!entry.startsWith(`${name}.`) || !entry.endsWith('.partial')) continue;
    if (isHeld(entry.split('.')[1]!, join(parent, entry))) continue;
    try {
      await rename(join(parent, entry), own);
      const now = new Date();
      await utimes(own, now, now);
      return own;
    } catch (error) {
      // Another process was quicker.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  await mkdir(own);
  return own;
}

/** Leaves a folder, with what is in it, to whoever wants to go on. */
export async function releaseFolder(parent: string, name: string, own: string): Promise<void> {
  await rename(own, join(parent, `${name}.free.${randomUUID()}.partial`));
}

function isHeld(holder: string, folder: string): boolean {
  if (holder === 'free') return false;
  const [space, pid] = holder.split('-');
  if (space === pidSpace()) return isAlive(Number(pid));
  // In another container: its processes can't be seen from here, only that nothing is written any more.
  const written = statSync(join(folder, 'bytes'), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - written < hour;
}

/** Process numbers mean something only within one of the kernel's pid name spaces. */
function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '0';
  }
}
