import { UpstreamError } from '../../model/error.ts';
import { type DebianSourcePin, debianSourcePinSchema } from '../../model/lock.ts';
import type { DebianSource } from '../../model/source.ts';
import { bytesOf } from '../listing/facts.ts';
import { unreadable } from '../listing/unreadable.ts';
import { type Archive, type Found, notFound } from './archive.ts';
import { compareDebianVersions, upstreamVersion, validDebianVersion } from './version.ts';

interface SourcePackage extends Found {
  version: string;
}

/**
 * The `.orig` tarball of the highest version over the suite, its updates and its security updates, or the one tarball of
 * a package that is Debian's own; further tarballs of parts are left out.
 * @throws UpstreamError (exit 3) when there is no such package or it has no such tarball by gzip or xz; or when the
 * archive can't be had or read.
 */
export async function pinDebianSource(source: DebianSource, archive: Archive): Promise<DebianSourcePin> {
  const { package: name, suite } = source;
  const pockets = await archive.pockets(suite);
  const fields = ['version', 'directory', 'checksums-sha256', 'extra-source-only'];
  const all = (await archive.find(suite, 'main/source/Sources', [name], fields))
    // Kept for packages that were built with it, and no longer the suite's own.
    .filter(({ stanza }) => stanza.get('extra-source-only') !== 'yes')
    .map((found) => readSource(name, found));
  if (all.length === 0) throw notFound(suite, 'source package', [name], pockets);
  const highest = all.reduce((a, b) => (compareDebianVersions(b.version, a.version) > 0 ? b : a));
  return {
    kind: 'debian-source',
    version: upstreamVersion(highest.version),
    debian: highest.version,
    date: pockets[0]!.release.date,
    file: tarballOf(name, highest),
  };
}

function readSource(name: string, found: Found): SourcePackage {
  const version = found.stanza.get('version') ?? '';
  if (validDebianVersion(version)) return { ...found, version };
  throw unreadable(found.url, `the entry of ${name} is not valid: version: no version of a Debian package`);
}

/** Names by https://www.debian.org/doc/debian-policy/ch-source.html and dpkg-source(1). */
function tarballOf(name: string, { stanza, url, version }: SourcePackage): DebianSourcePin['file'] {
  const upstream = upstreamVersion(version);
  const native = version.replace(/^[0-9]+:/, '');
  const names = ['.gz', '.xz'].flatMap((ending) => [
    `${name}_${upstream}.orig.tar${ending}`,
    `${name}_${native}.tar${ending}`,
  ]);
  const files = (stanza.get('checksums-sha256') ?? '').split('\n').map((line) => line.split(/[ \t]+/));
  const [sha256, size, file] = files.find(([, , one]) => names.includes(one ?? '')) ?? [];
  if (file === undefined) {
    throw new UpstreamError({
      what: `the source package ${name} ${version} has no tarball by gzip or xz under its own name`,
      where: url,
      next: 'Take the source from its git repository (kind git) instead.',
    });
  }
  const { data, error } = debianSourcePinSchema.shape.file.safeParse({
    path: `${stanza.get('directory')}/${file}`,
    size: bytesOf(size),
    sha256,
  });
  if (!error) return data;
  const [issue] = error.issues;
  throw unreadable(url, `the entry of ${name} is not valid: ${issue?.path.join('.')}: ${issue?.message}`);
}
