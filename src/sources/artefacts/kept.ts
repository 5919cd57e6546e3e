import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { touch } from '../../store/touch.ts';

export interface KeptFile {
  file: string;
  /** Hexadecimal. */
  sha256: string;
  /** Bytes. */
  size: number;
}

/** Where the file with this content is, if it is there. */
export function keptPlace(cache: string, sha256: string): string {
  return join(cache, 'sha256', sha256);
}

/** The file with this content, verified; one that is damaged is removed. undefined when it is not there. */
export async function findKept(
  cache: string,
  sha256: string,
  signal: AbortSignal,
): Promise<KeptFile | undefined> {
  const file = keptPlace(cache, sha256);
  if (!existsSync(file)) return undefined;
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20, signal })) {
    hash.update(chunk);
    size += chunk.length;
  }
  if (hash.digest('hex') === sha256) {
    touch(file);
    return { file, sha256, size };
  }
  await rm(file, { force: true });
  return undefined;
}
