import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract, type Header } from 'tar-stream';

/** What a layer says of one path. */
export interface FileFact {
  /** Bytes; of everything but files 0. */
  size: number;
  /** What tells it from another: type, mode, owner, and content or target. Times are left out. */
  mark: string;
}

export interface LayerFiles {
  /** By path without a slash in front; of a path that stands there twice the last counts. */
  files: Map<string, FileFact>;
  /** Paths that the layer takes away, https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts */
  removed: Set<string>;
  /** Folders whose earlier content it takes away. */
  emptied: Set<string>;
}

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/** Reads a layer's tar, packed or not, from a file; only facts stay in memory. */
export async function layerFiles(file: string, signal: AbortSignal): Promise<LayerFiles> {
  const found: LayerFiles = { files: new Map(), removed: new Set(), emptied: new Set() };
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
    if (name === opaque) found.emptied.add(folder);
    else if (name.startsWith(whiteout)) found.removed.add(posix.join(folder, name.slice(whiteout.length)));
    else if (path !== '.' && path !== '') found.files.set(path, factOf(entry.header, hash.digest('hex')));
  }
  await flowing;
  return found;
}

function factOf({ type, mode, uid, gid, size, linkname }: Header, sha256: string): FileFact {
  const isFile = type === 'file' || type === 'contiguous-file';
  const content = isFile ? sha256 : (linkname ?? '');
  return {
    size: isFile ? (size ?? 0) : 0,
    mark: [type, (mode ?? 0).toString(8), uid, gid, content].join(' '),
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
