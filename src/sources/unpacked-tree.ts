import { closeSync, copyFileSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Header } from 'tar-stream';
import { leavesTree } from '../context/leaves-tree.ts';

/** An archive that must not or cannot be unpacked, and why. */
export class Refusal extends Error {
  /** The entry at fault where it is not the one just read. */
  readonly entry: string | undefined;
  /** What the person can do, where it is not about the archive. */
  readonly next: string | undefined;

  constructor(message: string, about: { entry?: string; next?: string } = {}) {
    super(message);
    this.entry = about.entry;
    this.next = about.next;
  }
}

export function tooLarge(maxBytes: number): string {
  return `it unpacks to more than ${maxBytes} bytes`;
}

/**
 * The folder that an archive is unpacked into. It keeps account of what it made, and makes symlinks last of all: so
 * nothing is ever written through one, whatever order the archive has.
 */
export class UnpackedTree {
  readonly #root: string;
  readonly #strip: number;
  readonly #maxBytes: number;
  readonly #kinds = new Map<string, 'folder' | 'file' | 'symlink'>();
  readonly #sizes = new Map<string, number>();
  readonly #links = new Map<string, string>();
  #bytes = 0;

  /** @param maxBytes of all files together; hard links count, since each becomes a file. */
  constructor(root: string, strip: number, maxBytes: number) {
    this.#root = root;
    this.#strip = strip;
    this.#maxBytes = maxBytes;
    mkdirSync(root);
  }

  /** @throws Refusal for everything that is not a plain file, folder or link under the root. */
  async add(header: Header, content: Readable): Promise<void> {
    const path = this.#inside(header.name);
    const isFile = header.type === 'file' || header.type === 'contiguous-file';
    if (!isFile || path === undefined) content.resume();
    if (path === undefined) return;
    switch (header.type) {
      case 'directory':
        this.#makeFolder(path);
        break;
      case 'file':
      case 'contiguous-file':
        this.#claim(path, 'file');
        this.#count(path, header.size);
        // Of the mode only the right to execute stays: no setuid bits, nothing that others may write.
        await writeFile(join(this.#root, path), header.mode & 0o100 ? 0o755 : 0o644, content);
        break;
      case 'symlink':
        this.#claim(path, 'symlink');
        this.#links.set(path, header.linkname);
        break;
      case 'link': {
        const target = this.#inside(header.linkname);
        if (target === undefined || this.#kinds.get(target) !== 'file')
          throw new Refusal(
            `it is a hard link to ${header.linkname}, which is no file before it in the archive`,
          );
        this.#claim(path, 'file');
        this.#count(path, this.#sizes.get(target) ?? 0);
        // A copy: whoever patches one of the two must not change the other.
        copyFileSync(join(this.#root, target), join(this.#root, path));
        break;
      }
      default:
        throw new Refusal(
          `it is a ${header.type ?? 'thing of an unknown type'}; only files, folders and links may be`,
        );
    }
  }

  /** Makes the symlinks. @throws Refusal when one leads out of the root, also by way of others. */
  finish(): void {
    for (const [path, target] of this.#links) {
      if (target === '' || target.includes('\0'))
        throw new Refusal('it is a symlink to nothing', { entry: path });
      if (leavesTree(path, target, (at) => this.#links.get(at)))
        throw new Refusal(`it is a symlink that leads out of the archive: ${target}`, { entry: path });
    }
    for (const [path, target] of this.#links) symlinkSync(target, join(this.#root, path));
  }

  /** The path under the root; undefined for what the stripping leaves nothing of. */
  #inside(name: string): string | undefined {
    if (name.startsWith('/')) throw new Refusal(`the path ${name} is absolute`);
    const names = name.split('/').filter((part) => part !== '' && part !== '.');
    if (names.includes('..')) throw new Refusal(`the path ${name} leads out of the archive`);
    if (name.includes('\0')) throw new Refusal('the path holds a zero byte');
    return names.slice(this.#strip).join('/') || undefined;
  }

  #count(path: string, size: number): void {
    this.#sizes.set(path, size);
    this.#bytes += size;
    if (this.#bytes > this.#maxBytes) throw new Refusal(tooLarge(this.#maxBytes));
  }

  #makeFolder(path: string): void {
    const kind = this.#kinds.get(path);
    if (kind === 'folder') return;
    if (kind !== undefined) throw new Refusal(`${path} is a ${kind} already`);
    const parent = dirname(path);
    if (parent !== '.') this.#makeFolder(parent);
    mkdirSync(join(this.#root, path));
    this.#kinds.set(path, 'folder');
  }

  #claim(path: string, kind: 'file' | 'symlink'): void {
    const before = this.#kinds.get(path);
    if (before !== undefined) throw new Refusal(`${path} is a ${before} already`);
    const parent = dirname(path);
    if (parent !== '.') this.#makeFolder(parent);
    this.#kinds.set(path, kind);
  }
}

/** By the plain calls: a stream per file would take several times as long for the thousands of small ones. */
async function writeFile(file: string, mode: number, content: Readable): Promise<void> {
  const descriptor = openSync(file, 'wx', mode);
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      for (let done = 0; done < chunk.length; ) done += writeSync(descriptor, chunk, done);
    }
  } finally {
    closeSync(descriptor);
  }
}
