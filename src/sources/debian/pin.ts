import { type DebianPin, debianPinSchema } from '../../model/lock.ts';
import type { DebianPackages } from '../../model/source.ts';
import { bytesOf } from '../listing/facts.ts';
import { unreadable } from '../listing/unreadable.ts';
import { type Archive, type Found, notFound } from './archive.ts';
import { compareDebianVersions, validDebianVersion } from './version.ts';

type PinnedPackage = DebianPin['packages'][string];

const fields = ['version', 'architecture', 'filename', 'size', 'sha256'];

/**
 * The highest version of every package over the suite, its updates and its security updates, as apt would choose it for
 * amd64; what they depend on is apt's to find.
 * @throws UpstreamError (exit 3) naming all packages that are missing; or when the archive can't be had or read.
 */
export async function pinDebian(source: DebianPackages, archive: Archive): Promise<DebianPin> {
  const { suite } = source;
  const names = [...new Set(source.packages)].sort();
  const pockets = await archive.pockets(suite);
  const { version = suite, date } = pockets[0]!.release;
  const highest = new Map<string, PinnedPackage>();
  for (const found of names.length > 0
    ? await archive.find(suite, 'main/binary-amd64/Packages', names, fields)
    : []) {
    const name = found.stanza.get('package')!;
    if (!['amd64', 'all'].includes(found.stanza.get('architecture') ?? '')) continue;
    const one = readPackage(name, found);
    const other = highest.get(name);
    if (!other || compareDebianVersions(one.version, other.version) > 0) highest.set(name, one);
  }
  const missing = names.filter((name) => !highest.has(name));
  if (missing.length > 0)
    throw notFound(suite, missing.length > 1 ? 'packages' : 'package', missing, pockets);
  return {
    kind: 'debian',
    version,
    date,
    packages: Object.fromEntries(names.map((name) => [name, highest.get(name)!])),
  };
}

function readPackage(name: string, { stanza, url }: Found): PinnedPackage {
  const { data, error } = debianPinSchema.shape.packages.valueType.safeParse({
    version: stanza.get('version'),
    path: stanza.get('filename'),
    size: bytesOf(stanza.get('size')),
    sha256: stanza.get('sha256'),
  });
  if (error) {
    const [issue] = error.issues;
    throw unreadable(url, `the entry of ${name} is not valid: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  if (validDebianVersion(data.version)) return data;
  throw unreadable(url, `the entry of ${name} is not valid: version: no version of a Debian package`);
}
