import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UpstreamError } from '../../model/error.ts';
import { unreadable } from '../listing/unreadable.ts';
import { Refusal } from '../unpacked-tree.ts';
import { readXz } from '../xz.ts';

/** What an index can be compressed by, the smallest first: updates and security have `.xz` only. */
export const compressions = ['.xz', '.gz'] as const;

/**
 * The bytes of a compressed index.
 * @param url of the index, for errors; its end tells the compression.
 * @throws UpstreamError when it is damaged, or by xz and the program is not installed.
 */
export async function* decompress(file: string, url: string): AsyncGenerator<Buffer> {
  const input = url.endsWith('.xz') ? readXz(file) : gunzipped(file);
  try {
    yield* input as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof Refusal && error.next !== undefined) {
      throw new UpstreamError({ what: 'the index is compressed by xz', where: url, next: error.next });
    }
    // Whoever reads throws past this; what arrives here is about the bytes.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw unreadable(url, `the index cannot be decompressed: ${(error as Error).message}`);
  }
}

function gunzipped(file: string): AsyncIterable<Buffer> {
  // The pipeline's failure destroys the last stream with it, so whoever reads hears of it.
  return pipeline(createReadStream(file), createGunzip(), () => {});
}
