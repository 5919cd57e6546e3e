import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import type { Http } from '../http/http.ts';
import { type Archive, type IndexStore, openArchive } from './archive.ts';

export type Entry = Readonly<Record<string, string | undefined>>;

export interface FixturePocket {
  /** Below dists/, such as trixie-updates. */
  name: string;
  packages?: readonly Entry[] | string;
  sources?: readonly Entry[] | string;
  compression?: '.gz' | '.xz';
  /** Replaces fields of the Release; undefined leaves them out. */
  release?: Entry;
}

/** A binary package as Packages has it; a field that is undefined is left out. */
export function binary(name: string, version: string, more: Entry = {}): Entry {
  const folder = more.folder ?? 'pool/main';
  return {
    Package: name,
    Version: version,
    Maintainer: 'Jürgen Ä <a@a.example>',
    Architecture: 'amd64',
    Depends: 'libc6 (>= 2.38)',
    Tag: 'implemented-in::c,\n role::program',
    Filename: `${folder}/${name[0]}/${name}/${name}_${version.replace(/^[0-9]+:/, '')}_amd64.deb`,
    Size: '289952',
    SHA256: sha256(`${name} ${version}`),
    ...more,
    folder: undefined,
  };
}

/** A source package as Sources has it. */
export function source(name: string, version: string, files: readonly string[], more: Entry = {}): Entry {
  return {
    Package: name,
    Binary: `${name}1, ${name}-dev`,
    Version: version,
    Architecture: 'amd64 all',
    Files: `\n ${files.map((file) => `71e581091c9957f1f91b87dfb5d886f9 2645 ${file}`).join('\n ')}`,
    'Checksums-Sha256': `\n ${files.map((file) => `${sha256(file)} 2645 ${file}`).join('\n ')}`,
    Directory: `pool/main/${name[0]}/${name}`,
    ...more,
  };
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

export function textOf(entries: readonly Entry[] | string): string {
  if (typeof entries === 'string') return entries;
  return entries.map((entry) => `${fieldLines(entry)}\n`).join('\n');
}

/** Paths below the archive's base, and what is there. */
export function archiveFiles(pockets: readonly FixturePocket[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const { name, packages = [], sources = [], compression = '.xz', release = {} } of pockets) {
    const lines: string[] = [];
    for (const [path, entries] of [
      ['main/binary-amd64/Packages', packages],
      ['main/source/Sources', sources],
    ] as const) {
      const plain = Buffer.from(textOf(entries));
      const packed = compress(plain, compression);
      // The archive lists the plain one too, and does not have it.
      lines.push(` ${sha256(plain)} ${String(plain.length).padStart(8)} ${path}`);
      lines.push(` ${sha256(packed)} ${String(packed.length).padStart(8)} ${path}${compression}`);
      files.set(`dists/${name}/${path}${compression}`, packed);
      files.set(`dists/${name}/${path.replace(/[^/]*$/, '')}by-hash/SHA256/${sha256(packed)}`, packed);
    }
    const fields = {
      Origin: 'Debian',
      Suite: name.replace(/^[a-z]+/, 'stable'),
      Version: name.includes('-') ? '13-updates' : '13.7',
      Codename: name,
      Date: 'Sat, 12 Sep 2026 07:55:41 UTC',
      'Valid-Until': 'Sat, 19 Sep 2020 07:55:41 UTC',
      'Acquire-By-Hash': 'yes',
      SHA256: `\n${lines.join('\n')}`,
      ...release,
    };
    files.set(`dists/${name}/InRelease`, Buffer.from(clearsigned(fieldLines(fields))));
  }
  return files;
}

export function clearsigned(text: string): string {
  return [
    '-----BEGIN PGP SIGNED MESSAGE-----',
    'Hash: SHA256',
    '',
    text.replace(/^-/gm, '- -'),
    '-----BEGIN PGP SIGNATURE-----',
    '',
    'iQIzBAEBCAAdFiEE',
    '-----END PGP SIGNATURE-----',
    '',
  ].join('\n');
}

export interface Served {
  /** With a slash at the end. */
  base: string;
  /** Paths with their leading slash. */
  requests: string[];
}

/** A server of these files; what is a number is answered as a status. */
export async function serveFiles(files: ReadonlyMap<string, Buffer | number>, folder = ''): Promise<Served> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const file = files.get((request.url ?? '').slice(1 + folder.length)) ?? 404;
    if (typeof file === 'number') response.writeHead(file).end();
    else response.end(file);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(() => closed()));
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${folder}`, requests };
}

class Answered extends UpstreamError {
  status = 0;
}

const http: Http = {
  counts: { sent: 0, unchanged: 0 },
  async text(url) {
    const response = await fetch(url);
    const text = await response.text();
    if (response.ok) return { url, text, headers: response.headers, status: 200 };
    throw Object.assign(new Answered({ what: `status ${response.status}`, where: url }), {
      status: response.status,
    });
  },
  raw() {
    throw new Error('archives have no use for it');
  },
};

/** Brings the file of the first URL that has the right one. */
function plainStore(): IndexStore {
  const folder = mkdtempSync(join(tmpdir(), 'halobox-debian-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return {
    async bring({ urls, sha256: digest, size }) {
      for (const url of urls) {
        const response = await fetch(url);
        const body = Buffer.from(await response.arrayBuffer());
        if (!response.ok || body.length !== size || sha256(body) !== digest) continue;
        const file = join(folder, digest);
        writeFileSync(file, body);
        return { file };
      }
      throw new UpstreamError({ what: 'no place has the file', where: urls[0]! });
    },
  };
}

export function open(bases: readonly string[], signal = new AbortController().signal): Archive {
  return openArchive({ bases: async () => bases, http, store: plainStore(), signal });
}

/** An archive of these pockets alone, behind one base. */
export async function openFixture(...pockets: readonly FixturePocket[]): Promise<Archive & Served> {
  const served = await serveFiles(archiveFiles(pockets));
  return { ...open([served.base]), ...served };
}

function fieldLines(entry: Entry): string {
  return Object.entries(entry)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

function compress(plain: Buffer, compression: '.gz' | '.xz'): Buffer {
  if (compression === '.gz') return gzipSync(plain);
  return execFileSync('xz', ['--compress', '--stdout', '-0'], { input: plain, maxBuffer: 2 ** 28 });
}
