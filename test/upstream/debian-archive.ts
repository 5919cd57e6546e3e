import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { document, type Handler, type Served } from './serve.ts';

interface Binary {
  name: string;
  version: string;
}

interface SourceFile {
  name: string;
  version: string;
  orig: Buffer;
}

export interface Pocket {
  suite: string;
  date: string;
  binaries: readonly Binary[];
  sources?: readonly SourceFile[];
}

const sha256 = (body: Buffer | string): string => createHash('sha256').update(body).digest('hex');

/** Puts suites of a small archive below `/debian/`, in the form of https://wiki.debian.org/DebianRepository/Format */
export function serveArchive(server: Served, pockets: readonly Pocket[]): void {
  const put = (path: string, handler: Handler) => server.routes.set(`/debian/${path}`, handler);
  for (const { suite, date, binaries, sources = [] } of pockets) {
    const files: { path: string; body: Buffer }[] = [
      { path: 'main/binary-amd64/Packages.gz', body: gzipSync(binaries.map(binaryText).join('\n')) },
      { path: 'main/source/Sources.gz', body: gzipSync(sources.map(sourceText).join('\n')) },
    ];
    const sums = files.map(({ path, body }) => ` ${sha256(body)} ${body.length} ${path}`);
    const release = `Origin: Debian
Label: Debian
Suite: stable
Version: 13.2
Codename: ${suite}
Date: ${date}
Acquire-By-Hash: yes
Architectures: all amd64
Components: main
SHA256:
${sums.join('\n')}
`;
    const signed = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${release}-----BEGIN PGP SIGNATURE-----\n\niQIzBAEBCAAdFiEE\n-----END PGP SIGNATURE-----\n`;
    put(`dists/${suite}/InRelease`, document(signed, 'text/plain'));
    for (const { path, body } of files) {
      const folder = path.slice(0, path.lastIndexOf('/'));
      put(`dists/${suite}/${path}`, document(body, 'application/gzip'));
      put(`dists/${suite}/${folder}/by-hash/SHA256/${sha256(body)}`, document(body, 'application/gzip'));
    }
    for (const { name, version, orig } of sources)
      put(`pool/main/${name[0]}/${name}/${origName(name, version)}`, document(orig, 'application/gzip'));
  }
}

function binaryText({ name, version }: Binary): string {
  const file = `pool/main/${name[0]}/${name}/${name}_${version.replace(/^[0-9]+:/, '')}_amd64.deb`;
  return `Package: ${name}
Version: ${version}
Architecture: amd64
Maintainer: Somebody <somebody@example.com>
Description: ${name}
 of which there is more to say
Filename: ${file}
Size: ${1000 + name.length}
SHA256: ${sha256(file)}
`;
}

function sourceText({ name, version, orig }: SourceFile): string {
  return `Package: ${name}
Binary: lib${name}1, lib${name}-dev
Version: ${version}
Architecture: any
Format: 3.0 (quilt)
Directory: pool/main/${name[0]}/${name}
Checksums-Sha256:
 ${sha256(`${name}.dsc`)} 2345 ${name}_${version}.dsc
 ${sha256(orig)} ${orig.length} ${origName(name, version)}
 ${sha256(`${name}.debian`)} 6789 ${name}_${version}.debian.tar.xz
`;
}

function origName(name: string, version: string): string {
  return `${name}_${version.replace(/^[0-9]+:/, '').replace(/-[^-]*$/, '')}.orig.tar.gz`;
}
