import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Descriptor, mediaType } from './descriptor.ts';
import { beginning, packedAs } from './packed-as.ts';

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
