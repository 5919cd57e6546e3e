import { Interrupted, UpstreamError } from '../../model/error.ts';
import type { Http } from '../http/http.ts';
import { unreadable } from '../listing/unreadable.ts';
import { compressions, decompress } from './decompress.ts';
import { findPockets, type Pocket } from './find-pockets.ts';
import { readStanzas, type Stanza } from './stanzas.ts';

/** What is needed of the store that keeps files by their digests. */
export interface IndexStore {
  /** @throws UpstreamError when none of the URLs has the file. */
  bring(wanted: { urls: readonly string[]; sha256: string; size: number }): Promise<{ file: string }>;
}

export interface ArchiveOptions {
  /** The archives' URLs with a slash at the end, the main ones first; see `debianMirrors`. */
  bases: () => Promise<readonly string[]>;
  http: Http;
  store: IndexStore;
  signal: AbortSignal;
}

/** The part of an archive that a list of packages is about. */
type Index = 'main/binary-amd64/Packages' | 'main/source/Sources';

export interface Found {
  stanza: Stanza;
  /** Of the index that has it, for errors. */
  url: string;
}

/** Debian's archive, as far as its mirrors that this machine uses have it. */
export interface Archive {
  /** The suite itself first; read once. @throws UpstreamError */
  pockets(suite: string): Promise<readonly Pocket[]>;
  /** What the suite's parts say of these packages, in the order of the parts. @throws UpstreamError */
  find(suite: string, index: Index, packages: readonly string[], fields: readonly string[]): Promise<Found[]>;
}

/**
 * Reads Debian's archive: https://wiki.debian.org/DebianRepository/Format.
 * Indexes are verified against the Release file, but the Release file's signature is not checked here: apt does so when
 * the build installs the packages. Of a source package, which apt does not see, the lock holds what the mirror said when
 * it was resolved.
 */
export function openArchive({ bases, http, store, signal }: ArchiveOptions): Archive {
  const known = new Map<string, Promise<Pocket[]>>();
  const pockets = (suite: string) => {
    const found = known.get(suite) ?? bases().then((all) => findPockets(suite, all, http));
    known.set(suite, found);
    return found;
  };
  return {
    pockets,
    async find(suite, index, packages, fields) {
      const files = await Promise.all(
        (await pockets(suite)).map((pocket) => bringIndex(pocket, index, store)),
      );
      const filter = { packages: new Set(packages), fields: new Set(['package', ...fields]) };
      const all: Found[] = [];
      for (const { file, url } of files) {
        for await (const stanza of readStanzas(stoppable(decompress(file, url), signal), filter, url)) {
          all.push({ stanza, url });
        }
      }
      return all;
    },
  };
}

async function bringIndex(
  { name, bases, release }: Pocket,
  index: Index,
  store: IndexStore,
): Promise<{ file: string; url: string }> {
  const folder = `dists/${name}/`;
  const path = compressions.map((ending) => index + ending).find((one) => release.files.has(one));
  if (path === undefined) {
    throw unreadable(
      `${bases[0]}${folder}InRelease`,
      `the Release file lists no ${index} compressed by xz or gzip`,
    );
  }
  const { sha256, size } = release.files.get(path)!;
  // What an archive replaces stays under its digest for a while, so that a Release just read still fits.
  const hashed = path.replace(/[^/]*$/, `by-hash/SHA256/${sha256}`);
  const paths = release.byHash ? [hashed, path] : [path];
  const urls = paths.flatMap((one) => bases.map((base) => `${base}${folder}${one}`));
  const { file } = await store.bring({ urls, sha256, size });
  return { file, url: `${bases[0]}${folder}${path}` };
}

async function* stoppable(chunks: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    if (signal.aborted) throw new Interrupted();
    yield chunk;
  }
}

/** An index names no such packages. */
export function notFound(
  suite: string,
  kind: string,
  names: readonly string[],
  pockets: readonly Pocket[],
): UpstreamError {
  return new UpstreamError({
    what: `Debian ${suite} has no ${kind} ${names.join(', ')}`,
    where: pockets.map(({ name, bases }) => `${bases[0]}dists/${name}/`).join(', '),
    next: 'Check the spelling, and whether this suite has it (apt-cache policy); only the section main for amd64 is looked at.',
  });
}
