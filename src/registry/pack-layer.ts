import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Descriptor, mediaType } from './descriptor.ts';

/** A layer as it goes to a registry. */
export interface PackedLayer {
  blob: Descriptor;
  /** Digest of the unpacked tar; undefined for what came packed. */
  diffId: string | undefined;
}

/** A cache is quicker to fill than it is worth to be small: a third of the time for a tenth more bytes. */
const level = 1;

/**
 * Writes a layer packed into a file, as it comes. What an engine hands out packed (Docker with containerd's store) stays
 * as it is. Equal layers give equal files.
 */
export async function packLayer(
  content: AsyncIterable<Buffer>,
  file: string,
  signal: AbortSignal,
): Promise<PackedLayer> {
  const { head, all } = await beginning(content);
  const packed = packedAs(head);
  const inside = createHash('sha256');
  const outside = createHash('sha256');
  let size = 0;
  const into = createWriteStream(file);
  const measured = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      outside.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  const digested = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      inside.update(chunk);
      yield chunk;
    }
  };
  if (packed === undefined)
    await pipeline(Readable.from(all), digested, createGzip({ level }), measured, into, { signal });
  else await pipeline(Readable.from(all), measured, into, { signal });
  return {
    blob: {
      mediaType: `${mediaType.layer}+${packed ?? 'gzip'}`,
      digest: `sha256:${outside.digest('hex')}`,
      size,
    },
    diffId: packed === undefined ? `sha256:${inside.digest('hex')}` : undefined,
  };
}

function packedAs(head: Buffer): 'gzip' | 'zstd' | undefined {
  if (head.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return 'gzip';
  return head.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) ? 'zstd' : undefined;
}

/** The first four bytes, if there are as many, and all of it. */
async function beginning(
  content: AsyncIterable<Buffer>,
): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const rest = content[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const { done, value } = await rest.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const all = (async function* () {
    yield head;
    for (;;) {
      const { done, value } = await rest.next();
      if (done) return;
      yield value;
    }
  })();
  return { head, all };
}
