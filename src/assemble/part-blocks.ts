import { closeSync, openSync, readSync } from 'node:fs';
import { byKey, byteOrderKey } from '../context/byte-order.ts';
import { endOfArchive, paddingOf, type TarHeader, tarHeader } from '../context/header.ts';
import { Piece } from '../context/piece.ts';
import type { Inode, LayerTar, Tree } from './inode.ts';
import { sourceOf, withTime } from './python-bytecode.ts';
import { readContent } from './read-content.ts';

/**
 * The time of every file: 1980-01-02 in UTC, seconds since 1970. Earlier ones break who packs installed files, as zip
 * knows no year before 1980 (https://docs.python.org/3/library/zipfile.html#zipfile.ZipInfo), in any time zone.
 */
export const fixedTime = 315_619_200;

/**
 * A part as a tar, in pieces: its paths with the folders above them, in byte order, with one time, numbers for owners,
 * and nothing of the machine. Equal trees give equal bytes.
 */
export function* partBlocks(tree: Tree, paths: readonly string[]): Generator<Buffer> {
  const piece = new Piece();
  const open = new Descriptors();
  try {
    for (const header of headersOf(tree, paths)) {
      yield* piece.put(tarHeader(header, fixedTime));
      if (header.size > 0) yield* contentOf(piece, tree, header.path, open);
    }
    yield* piece.put(endOfArchive);
    if (piece.used > 0) yield piece.take();
  } finally {
    open.close();
  }
}

/** Bytes of that tar, without reading a content. */
export function partSize(tree: Tree, paths: readonly string[]): number {
  let size = endOfArchive.length;
  for (const header of headersOf(tree, paths)) {
    size += tarHeader(header, fixedTime).length + header.size + paddingOf(header.size).length;
  }
  return size;
}

function* headersOf(tree: Tree, paths: readonly string[]): Generator<TarHeader> {
  const first = new Map<Inode, string>();
  for (const path of withFolders(tree, paths)) {
    const inode = tree.get(path)!;
    const target = inode.type === 'file' ? first.get(inode) : undefined;
    if (target === undefined) first.set(inode, path);
    const header = headerOf(path, inode);
    yield target === undefined ? header : { ...header, type: 'link', target, size: 0 };
  }
}

function headerOf(path: string, { type, mode, size, uid, gid, target, device, xattrs }: Inode): TarHeader {
  return {
    path,
    type,
    mode: type === 'symlink' ? 0o777 : mode & 0o7777,
    size,
    uid,
    gid,
    target,
    device,
    xattrs,
  };
}

/** A folder stands before what is in it, as an archive needs it. */
export function withFolders(tree: Tree, paths: readonly string[]): string[] {
  const all = new Set(paths);
  for (const path of paths)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (all.has(folder)) break;
      if (tree.has(folder)) all.add(folder);
    }
  return [...all]
    .map((path) => ({ path, key: byteOrderKey(path, false) }))
    .sort(byKey)
    .map(({ path }) => path);
}

function* contentOf(piece: Piece, tree: Tree, path: string, open: Descriptors): Generator<Buffer> {
  const inode = tree.get(path)!;
  const { size, content } = inode;
  const descriptor = open.get(content.tar);
  if (path.endsWith('.pyc')) {
    yield* piece.put(withTime(readContent(descriptor, inode), fixedTime, pythonSource(tree, path)));
  } else {
    for (let done = 0; done < size; ) {
      if (piece.room === 0) yield piece.take();
      const got = readSync(
        descriptor,
        piece.bytes,
        piece.used,
        Math.min(size - done, piece.room),
        content.offset + done,
      );
      if (got === 0) throw new Error(`${content.tar.file} is shorter than it was`);
      piece.used += got;
      done += got;
    }
  }
  yield* piece.put(paddingOf(size));
}

/** What a `.pyc` of the tree is compiled from. */
export function pythonSource(tree: Tree, path: string): Inode | undefined {
  const source = tree.get(sourceOf(path));
  return source?.type === 'file' ? source : undefined;
}

/** The tars that contents lie in, each opened once. */
class Descriptors {
  readonly #open = new Map<LayerTar, number>();

  get(tar: LayerTar): number {
    if (tar.file === undefined) throw new Error(`layer ${tar.diffId} was not read`);
    const descriptor = this.#open.get(tar) ?? openSync(tar.file, 'r');
    this.#open.set(tar, descriptor);
    return descriptor;
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
  }
}
