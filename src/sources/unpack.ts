import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { extract } from 'tar-stream';
import { ExitCode, HaloboxError, Interrupted, UpstreamError } from '../model/error.ts';
import { openTarball } from './open-tarball.ts';
import { Refusal, UnpackedTree } from './unpacked-tree.ts';

export interface UnpackOptions {
  /** Leading folders to leave out of every name, as tar's --strip-components does. */
  strip: number;
  signal?: AbortSignal;
  /** Most bytes that may come out of it; guards against archives made to fill disks. */
  maxBytes?: number;
  maxEntries?: number;
}

/**
 * Unpacks a .tar, .tar.gz or .tar.xz into a folder that must not be there yet (or be empty). Nothing of the archive is
 * trusted: no name, symlink or hard link leads out of the folder, there are no devices, no setuid bits. The folder is
 * filled beside and renamed at the end, so a killed run leaves nothing at `into`.
 * @throws UpstreamError (exit 3) naming the tarball, the entry, and why; Interrupted.
 */
export async function unpackTarball(file: string, into: string, options: UnpackOptions): Promise<void> {
  const { strip, signal, maxBytes = 4 * 2 ** 30, maxEntries = 1_000_000 } = options;
  await mkdir(dirname(into), { recursive: true });
  const beside = `${into}.${randomUUID()}.unpacking`;
  let name: string | undefined;
  try {
    const tree = new UnpackedTree(beside, strip, maxBytes);
    const archive = extract();
    const bytes = openTarball(file, maxBytes, archive as unknown as Writable, signal);
    let entries = 0;
    try {
      for await (const entry of archive) {
        name = entry.header.name;
        if (++entries > maxEntries) throw new Refusal(`there are more than ${maxEntries} entries`);
        await tree.add(entry.header, entry as unknown as Readable);
      }
    } finally {
      // After a refusal this ends the rest of the chain, down to the open file.
      archive.destroy();
      await bytes;
    }
    name = undefined;
    if (entries === 0) throw new Refusal('it holds nothing');
    tree.finish();
    await rename(beside, into);
  } catch (error) {
    throw asHalobox(error, file, into, name, signal);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

function asHalobox(
  error: unknown,
  file: string,
  into: string,
  name: string | undefined,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted) return new Interrupted();
  if (error instanceof HaloboxError) return error;
  const { message, code, syscall } = error as NodeJS.ErrnoException;
  // What this machine's file system says is no fault of upstream's, but for names that no machine takes.
  if (syscall !== undefined && code !== 'ENAMETOOLONG')
    return new HaloboxError(ExitCode.failed, {
      what: `cannot unpack ${file}: ${message}`,
      where: dirname(into),
      next: 'Check that there is room and that the folder may be written.',
      cause: error,
    });
  const entry = error instanceof Refusal ? (error.entry ?? name) : name;
  return new UpstreamError({
    what: `cannot unpack ${file}${entry === undefined ? '' : `, entry ${JSON.stringify(entry)}`}: ${message}`,
    where: file,
    next:
      error instanceof Refusal
        ? (error.next ??
          'Check where this file comes from; halobox unpacks only archives that stay in their folder.')
        : 'The file is damaged: remove it, so that it is fetched again.',
    cause: error,
  });
}
