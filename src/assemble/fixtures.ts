import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Header, pack } from 'tar-stream';
import { onTestFinished } from 'vitest';
import { type ReadLayer, readLayer } from './read-layer.ts';

type Entry = Partial<Header> & { content?: string | Buffer; pax?: Record<string, string> };

/** A layer's tar as an engine could have written it: with owners, times, links and whiteouts. */
export async function layerTar(entries: Readonly<Record<string, string | Entry>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, entry] of Object.entries(entries)) {
    const { content, ...header } = typeof entry === 'string' ? { content: entry } : entry;
    archive.entry({ name, mtime: new Date(1_700_000_000_000), ...header }, content ?? '');
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The same, read back. */
export async function layerOf(entries: Readonly<Record<string, string | Entry>>): Promise<ReadLayer> {
  return readBack(await layerTar(entries));
}

export async function readBack(tar: Buffer): Promise<ReadLayer> {
  const folder = mkdtempSync(join(tmpdir(), 'halobox-assemble-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  async function* chunks() {
    for (let at = 0; at < tar.length; at += 1000) yield tar.subarray(at, at + 1000);
  }
  return readLayer(chunks(), join(folder, 'layer'), new AbortController().signal);
}
