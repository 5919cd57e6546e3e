import { type Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';
import { beginning, packedAs } from './packed-as.ts';

type Entry = Extract extends AsyncIterable<infer One> ? One : never;

/**
 * The entries of a tar, packed or not, one after the other; each is read or resumed before the next one comes.
 * @param through what the unpacked tar goes through on its way.
 */
export async function* tarEntries(
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
  ...through: readonly Duplex[]
): AsyncGenerator<Entry> {
  const { head, all } = await beginning(content);
  const entries = extract();
  // An extractor that is ended before somebody reads it has nobody to tell, and would end the process.
  signal.throwIfAborted();
  const flowing = pipeline([Readable.from(all), ...unpacking(head), ...through, entries], { signal });
  flowing.catch(() => {});
  yield* entries;
  await flowing;
}

function unpacking(head: Buffer): Duplex[] {
  const packed = packedAs(head);
  if (packed === undefined) return [];
  return [packed === 'gzip' ? createGunzip() : createZstdDecompress()];
}
