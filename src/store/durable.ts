import { randomUUID } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file beside and renames it, and is back only when both are on the disk: for records that must outlive a
 * machine that stops, in the order in which they were written.
 * @param beside where it is written first, in the same folder; for those who must find what a killed run left there.
 */
export function writeDurably(
  file: string,
  content: string | Buffer,
  { mode = 0o644, beside = `${file}.${randomUUID()}.partial` }: { mode?: number; beside?: string } = {},
): void {
  try {
    const handle = openSync(beside, 'w', mode);
    try {
      writeFileSync(handle, content);
      fchmodSync(handle, mode);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(dirname(file));
}

/** Makes renames and removals in a folder last. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
