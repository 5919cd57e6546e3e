import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Refusal, tooLarge } from './unpacked-tree.ts';
import { readXz } from './xz.ts';

/**
 * Streams a tarball, decompressed, into `sink`; what it is compressed with is told from its first bytes.
 * Whatever fails destroys the sink with the error, so the one who reads from it hears of it; the promise itself only
 * says that everything is closed.
 */
export async function openTarball(
  file: string,
  maxBytes: number,
  sink: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const kind = await compressionOf(file);
    const limit = async function* (chunks: AsyncIterable<Buffer>) {
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new Refusal(tooLarge(maxBytes));
        yield chunk;
      }
    };
    const source = kind === 'xz' ? readXz(file) : createReadStream(file);
    if (kind === 'gzip') await pipeline(source, createGunzip(), limit, sink, { signal });
    else await pipeline(source, limit, sink, { signal });
  } catch (error) {
    sink.destroy(error as Error);
  }
}

async function compressionOf(file: string): Promise<'gzip' | 'xz' | 'none'> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    if (buffer.readUInt16BE(0) === 0x1f8b) return 'gzip';
    if (buffer.toString('latin1', 0, 6) === '\xfd7zXZ\0') return 'xz';
    if (bytesRead === 512 && buffer.toString('latin1', 257, 262) === 'ustar') return 'none';
  } finally {
    await handle.close();
  }
  throw new Refusal('it is neither a tar archive nor one compressed by gzip or xz');
}
