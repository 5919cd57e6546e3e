import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import type { LayerTree } from './overlay.ts';

/** What a layer says of one path. */
export interface FileFact {
  /** Bytes; of everything but files 0. */
  size: number;
  /** What tells it from another: type, mode, owner, and content or target. Times are left out. */
  mark: string;
  folder: boolean;
}

export type LayerFiles = LayerTree<FileFact>;

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/** Reads a layer's tar, packed or not, from a file; only facts stay in memory. */
export async function layerFiles(file: string, signal: AbortSignal): Promise<LayerFiles> {
  const files = new Map<string, FileFact>();
  const removed = new Set<string>();
  const emptied = new Set<string>();
  const entries = extract();
  const unpacked = await unpacking(file);
  const flowing = unpacked
    ? pipeline(createReadStream(file), unpacked, entries, { signal })
    : pipeline(createReadStream(file), entries, { signal });
  flowing.catch(() => {});
  for await (const entry of entries) {
    const path = posix.normalize(entry.header.name).replace(/^\/+|\/+$/g, '');
    const name = posix.basename(path);
    const folder = posix.dirname(path);
    const hash = createHash('sha256');
    for await (const chunk of entry as AsyncIterable<Buffer>) hash.update(chunk);
    if (name === opaque) emptied.add(folder);
    else if (name.startsWith(whiteout)) removed.add(posix.join(folder, name.slice(whiteout.length)));
    else if (path !== '.' && path !== '') files.set(path, factOf(entry.header, hash.digest('hex')));
  }
  await flowing;
  return { files, removed, emptied };
}

function factOf({ type, mode, uid, gid, size, linkname }: Header, sha256: string): FileFact {
  const isFile = type === 'file' || type === 'contiguous-file';
  const content = isFile ? sha256 : (linkname ?? '');
  return {
    size: isFile ? (size ?? 0) : 0,
    mark: [type, (mode ?? 0).toString(8), uid, gid, content].join(' '),
    folder: type === 'directory',
  };
}

async function unpacking(file: string) {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.readUInt16BE(0) === 0x1f8b) return createGunzip();
    return buffer.readUInt32LE(0) === 0xfd2fb528 ? createZstdDecompress() : undefined;
  } finally {
    await handle.close();
  }
}
