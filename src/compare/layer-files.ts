import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import type { Header } from 'tar-stream';
import { tarEntries } from '../registry/tar-entries.ts';
import { whiteoutOf } from '../registry/whiteout.ts';
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

/** Reads a layer's tar, packed or not, from a file; only facts stay in memory. */
export async function layerFiles(file: string, signal: AbortSignal): Promise<LayerFiles> {
  const files = new Map<string, FileFact>();
  const removed = new Set<string>();
  const emptied = new Set<string>();
  for await (const entry of tarEntries(createReadStream(file), signal)) {
    const path = posix.normalize(entry.header.name).replace(/^\/+|\/+$/g, '');
    const taken = whiteoutOf(path);
    const hash = createHash('sha256');
    for await (const chunk of entry as AsyncIterable<Buffer>) hash.update(chunk);
    if (taken && 'emptied' in taken) emptied.add(taken.emptied);
    else if (taken) removed.add(taken.removed);
    else if (path !== '.' && path !== '') files.set(path, factOf(entry.header, hash.digest('hex')));
  }
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
