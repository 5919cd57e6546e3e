import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import { Duplex } from 'node:stream';
import type { Header } from 'tar-stream';
import type { LayerTree } from '../compare/overlay.ts';
import { tarBlock, xattrPrefix } from '../context/header.ts';
import { EngineError } from '../model/error.ts';
import { tarEntries } from '../registry/tar-entries.ts';
import { whiteoutOf } from '../registry/whiteout.ts';
import type { Inode, LayerTar } from './inode.ts';
import { tellsOwners } from './owners/find-owners.ts';
import { xattrsOf } from './xattrs.ts';

export interface ReadLayer extends LayerTree<Inode> {
  tar: LayerTar;
  /** Digest of the tar. */
  diffId: string;
}

/** What tar-stream tells beyond its types. */
type TarEntry = Header & {
  /** Of the content in the archive. */
  byteOffset: number;
  pax?: Record<string, string> | null;
};

/**
 * Writes a layer unpacked into a file, and tells what is in it and where in the file the contents are.
 * @throws EngineError (exit 6) for a layer that can't be understood.
 */
export async function readLayer(
  content: AsyncIterable<Buffer>,
  file: string,
  signal: AbortSignal,
): Promise<ReadLayer> {
  const hash = createHash('sha256');
  const into = await open(file, 'w');
  const kept = Duplex.from(async function* (source: AsyncIterable<Buffer>) {
    let writing = Promise.resolve();
    for await (const chunk of source) {
      await writing;
      writing = into.writeFile(chunk);
      // Written while it is hashed and read; who waits for it is the next chunk, if one comes.
      writing.catch(() => {});
      hash.update(chunk);
      yield chunk;
    }
    await writing;
  });
  const headers: TarEntry[] = [];
  try {
    for await (const entry of tarEntries(content, signal, kept)) {
      headers.push(entry.header as TarEntry);
      entry.resume();
    }
  } finally {
    await into.close();
  }
  const diffId = `sha256:${hash.digest('hex')}`;
  const tar = { diffId, file };
  return { ...treeOf(headers, tar), tar, diffId };
}

function treeOf(headers: readonly TarEntry[], tar: LayerTar & { file: string }): LayerTree<Inode> {
  const files = new Map<string, Inode>();
  const removed = new Set<string>();
  const emptied = new Set<string>();
  const descriptor = openSync(tar.file, 'r');
  let end = 0;
  try {
    for (const header of headers) {
      const path = plain(header.name);
      refuse(path, header);
      const taken = whiteoutOf(path);
      const offset = header.byteOffset;
      if (taken && 'emptied' in taken) emptied.add(taken.emptied);
      else if (taken) removed.add(taken.removed);
      else if (path !== '') files.set(path, inodeOf(path, header, offset));
      end = offset + Math.ceil((header.size ?? 0) / tarBlock) * tarBlock;
    }
  } finally {
    closeSync(descriptor);
  }
  return { files, removed, emptied };

  function inodeOf(path: string, header: TarEntry, offset: number): Inode {
    if (header.type === 'link') {
      const target = files.get(plain(header.linkname ?? ''));
      if (target !== undefined) return target;
      throw new EngineError({
        what: `a layer has ${path} as a hard link to ${header.linkname}, which is not in it`,
        where: path,
        next: 'Build the layer again; if it stays so, the engine writes layers that nobody can read.',
      });
    }
    const type = header.type === 'contiguous-file' ? 'file' : header.type;
    if (!isKnown(type)) throw unknownType(path, String(type));
    const { mode = 0, pax, devmajor = 0, devminor = 0 } = header;
    const size = type === 'file' ? (header.size ?? 0) : 0;
    return {
      type,
      mode,
      uid: Number(pax?.uid ?? header.uid ?? 0),
      gid: Number(pax?.gid ?? header.gid ?? 0),
      mtime: Math.floor((header.mtime?.getTime() ?? 0) / 1000),
      size,
      target: type === 'symlink' ? (header.linkname ?? '') : undefined,
      device: type.endsWith('-device') ? { major: devmajor, minor: devminor } : undefined,
      xattrs: hasXattrs(header) ? xattrsOf(between(end, offset - tarBlock)) : none,
      content: { tar, offset },
      ...(type === 'file' && tellsOwners(path) && { text: between(offset, offset + size).toString('utf8') }),
    };
  }

  function between(from: number, to: number): Buffer {
    const bytes = Buffer.alloc(to - from);
    readSync(descriptor, bytes, 0, bytes.length, from);
    return bytes;
  }
}

/** What would come out of it as something else. */
function refuse(path: string, { name, linkname, pax }: TarEntry): void {
  // tar-stream reads names as UTF-8: two that are none could become one.
  if (`${name}${linkname ?? ''}`.includes('\ufffd')) throw unknownType(path, 'a name that is no UTF-8');
  // https://www.gnu.org/software/tar/manual/html_node/PAX-1.html
  if (Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.')))
    throw unknownType(path, 'a sparse file');
}

const none: ReadonlyMap<string, Buffer> = new Map();

function hasXattrs({ pax }: TarEntry): boolean {
  return Object.keys(pax ?? {}).some((key) => key.startsWith(xattrPrefix));
}

function plain(path: string): string {
  return posix.normalize(`/${path}`).replace(/^\/+|\/+$/g, '');
}

const types = ['file', 'directory', 'symlink', 'character-device', 'block-device', 'fifo'] as const;

function isKnown(type: unknown): type is Inode['type'] {
  return types.includes(type as Inode['type']);
}

function unknownType(path: string, type: string): EngineError {
  return new EngineError({
    what: `a layer has ${path} as ${type}, which halobox does not know`,
    where: path,
    next: 'Leave it out of the image.',
  });
}
