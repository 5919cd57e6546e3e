import { text } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, test, vi } from 'vitest';
import { tarEntries } from './tar-entries.ts';

async function* tarOf(files: Record<string, string>, packed = (bytes: Buffer) => bytes) {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  yield packed(Buffer.concat(chunks));
}

const files = { a: 'one', b: 'two' };

test.each([
  ['bare', (bytes: Buffer) => bytes],
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)('the entries of a tar, %s', async (_, packed) => {
  const found: Record<string, string> = {};
  for await (const entry of tarEntries(tarOf(files, packed), new AbortController().signal)) {
    found[entry.header.name] = await text(entry as AsyncIterable<Buffer>);
  }
  expect(found).toEqual(files);
});

test('aborted before, and aborted while somebody reads, it ends with that and nothing else', async () => {
  const early = new AbortController();
  early.abort();
  await expect(tarEntries(tarOf(files), early.signal).next()).rejects.toThrow(/abort/);
  const late = new AbortController();
  const entries = tarEntries(tarOf(files), late.signal);
  (await entries.next()).value.resume();
  late.abort();
  await expect(entries.next()).rejects.toThrow(/abort/);
});

test('who stops in the middle closes what the tar comes from', async () => {
  let closed = false;
  async function* content() {
    try {
      yield* tarOf(files);
      yield* tarOf(files);
    } finally {
      closed = true;
    }
  }
  const stop = async () => {
    for await (const entry of tarEntries(content(), new AbortController().signal)) {
      throw new Error(`no room for ${entry.header.name}`);
    }
  };
  await expect(stop()).rejects.toThrow('no room for a');
  await vi.waitFor(() => expect(closed).toBe(true));
});

test('a tar that is cut off is no whole one', async () => {
  const cut = tarOf(files, (bytes) => bytes.subarray(0, 700));
  const all = async () => {
    for await (const entry of tarEntries(cut, new AbortController().signal)) entry.resume();
  };
  await expect(all()).rejects.toThrow('Unexpected end of data');
});
