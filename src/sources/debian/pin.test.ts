import { expect, test } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import { debianPinSchema } from '../../model/lock.ts';
import { debianSchema } from '../../model/source.ts';
import { archiveFiles, binary, open, openFixture, serveFiles, sha256 } from './fixtures.ts';
import { pinDebian } from './pin.ts';
import { poolUrls } from './pool-urls.ts';

const query = (...packages: string[]) => debianSchema.parse({ kind: 'debian', suite: 'trixie', packages });

const main = {
  name: 'trixie',
  packages: [
    binary('rdma-core', '56.1-1'),
    binary('perftest', '25.01.0+0.80-1'),
    binary('hipcc', '1:5.7.1-9', { Architecture: 'all' }),
    binary('openssl', '3.5.1-1'),
    binary('other', '1'),
  ],
};
const updates = { name: 'trixie-updates', packages: [binary('perftest', '25.01.0+0.80-1+deb13u1')] };
const security = {
  name: 'trixie-security',
  packages: [
    binary('openssl', '3.5.1-1+deb13u2', { folder: 'pool/updates/main' }),
    binary('openssl', '3.5.1-1+deb13u1', { folder: 'pool/updates/main' }),
    binary('rdma-core', '56.0-9', { folder: 'pool/updates/main' }),
  ],
};

test('the highest version over suite, updates and security is pinned, sorted by name', async () => {
  const archive = await serveFiles(archiveFiles([main, updates]), 'debian/');
  const apart = await serveFiles(archiveFiles([security]), 'debian-security/');
  const opened = open([archive.base, apart.base]);
  const pin = await pinDebian(query('perftest', 'openssl', 'rdma-core', 'hipcc', 'openssl'), opened);
  expect(debianPinSchema.parse(pin)).toEqual(pin);
  expect(pin).toMatchObject({ kind: 'debian', version: '13.7', date: '2026-09-12T07:55:41Z' });
  expect(Object.entries(pin.packages).map(([name, { version }]) => [name, version])).toEqual([
    ['hipcc', '1:5.7.1-9'],
    ['openssl', '3.5.1-1+deb13u2'],
    ['perftest', '25.01.0+0.80-1+deb13u1'],
    ['rdma-core', '56.1-1'],
  ]);
  expect(pin.packages.openssl).toEqual({
    version: '3.5.1-1+deb13u2',
    path: 'pool/updates/main/o/openssl/openssl_3.5.1-1+deb13u2_amd64.deb',
    size: 289952,
    sha256: sha256('openssl 3.5.1-1+deb13u2'),
  });
  expect(poolUrls(pin.packages.openssl!.path, [archive.base, apart.base])).toEqual([
    apart.base + pin.packages.openssl!.path,
    archive.base + pin.packages.openssl!.path,
  ]);
  expect(poolUrls(pin.packages.hipcc!.path, [apart.base, archive.base])[0]).toBe(
    archive.base + pin.packages.hipcc!.path,
  );
  // Indexes come under their digests, and the security archive is asked first for its part.
  expect(archive.requests.filter((path) => path.includes('Packages'))).toEqual([]);
  expect(archive.requests).not.toContain('/debian/dists/trixie-security/InRelease');
});

test('a mirror may have security updates beside the rest, or no such parts at all', async () => {
  const together = await openFixture(main, security);
  expect((await pinDebian(query('openssl'), together)).packages.openssl?.version).toBe('3.5.1-1+deb13u2');
  const alone = await openFixture(main);
  expect((await pinDebian(query('openssl'), alone)).packages.openssl?.version).toBe('3.5.1-1');
  expect(alone.requests.filter((path) => path.endsWith('InRelease')).sort()).toEqual([
    '/dists/trixie-security/InRelease',
    '/dists/trixie-updates/InRelease',
    '/dists/trixie/InRelease',
  ]);
});

test('all packages that are missing are named at once', async () => {
  const archive = await openFixture(main);
  const error: UpstreamError = await pinDebian(query('perftest', 'nothing', 'none'), archive).catch((e) => e);
  expect(error).toBeInstanceOf(UpstreamError);
  expect(error.exitCode).toBe(3);
  expect(error.message).toBe('Debian trixie has no packages none, nothing');
  expect(error.facts.where).toBe(`${archive.base}dists/trixie/`);
});

test('packages of other architectures do not count', async () => {
  const archive = await openFixture({
    name: 'trixie',
    packages: [binary('a1', '1'), binary('a1', '2', { Architecture: 'arm64' })],
  });
  expect((await pinDebian(query('a1'), archive)).packages.a1?.version).toBe('1');
});

test('without packages no index is asked for; a Release without a version goes by its suite', async () => {
  const archive = await openFixture({ name: 'trixie', release: { Version: undefined } });
  expect(await pinDebian(query(), archive)).toEqual({
    kind: 'debian',
    version: 'trixie',
    date: '2026-09-12T07:55:41Z',
    packages: {},
  });
  expect(archive.requests.every((path) => path.endsWith('InRelease'))).toBe(true);
});

test('indexes by gzip are read, and those of an archive that keeps none under their digests', async () => {
  const archive = await openFixture({
    ...main,
    compression: '.gz',
    release: { 'Acquire-By-Hash': undefined },
  });
  expect((await pinDebian(query('hipcc'), archive)).packages.hipcc?.version).toBe('1:5.7.1-9');
  expect(archive.requests).toContain('/dists/trixie/main/binary-amd64/Packages.gz');
});

test('the next mirror is asked; one that does not answer could hide updates, and ends it', async () => {
  const good = await serveFiles(archiveFiles([main, updates]));
  const broken = await serveFiles(new Map([['dists/trixie/InRelease', 500]]));
  const pin = await pinDebian(query('perftest'), open([broken.base, good.base]));
  expect(pin.packages.perftest?.version).toBe('25.01.0+0.80-1+deb13u1');
  const files = archiveFiles([main]) as Map<string, Buffer | number>;
  files.set('dists/trixie-security/InRelease', 503);
  const half = await serveFiles(files);
  await expect(pinDebian(query('perftest'), open([half.base]))).rejects.toMatchObject({
    message: 'status 503',
    facts: { where: `${half.base}dists/trixie-security/InRelease` },
  });
});

test('a suite that no archive has', async () => {
  const { base } = await serveFiles(new Map());
  await expect(pinDebian(query(), open([base]))).rejects.toMatchObject({
    exitCode: 3,
    message: 'no archive has the Debian suite trixie',
    facts: { where: `${base}dists/trixie/InRelease: status 404` },
  });
});

test.each([
  ['a path above the pool', { Filename: 'pool/../../etc/passwd' }, 'path'],
  ['an absolute path', { Filename: '/etc/passwd' }, 'path'],
  ['signs of the shell', { Filename: 'pool/main/$(id).deb' }, 'path'],
  ['a long path', { Filename: `pool/${'a'.repeat(10_000)}` }, 'path'],
  ['no path', { Filename: undefined }, 'path'],
  ['no size', { Size: undefined }, 'size'],
  ['a size that is none', { Size: '1e9' }, 'size'],
  ['no digest', { SHA256: undefined }, 'sha256'],
  ['a digest that is none', { SHA256: 'abc' }, 'sha256'],
  ['no version', { Version: undefined }, 'version'],
  ['a version for the shell', { Version: '1;id' }, 'version'],
  ['a long version', { Version: '1'.repeat(10_000) }, 'version'],
])('an entry with %s is refused', async (_, more, field) => {
  const archive = await openFixture({ name: 'trixie', packages: [binary('a1', '1', more)] });
  const error: UpstreamError = await pinDebian(query('a1'), archive).catch((e) => e);
  expect(error).toBeInstanceOf(UpstreamError);
  expect(error.message).toContain(`the entry of a1 is not valid: ${field}: `);
  expect(error.message.length).toBeLessThan(200);
  expect(error.facts.where).toBe(`${archive.base}dists/trixie/main/binary-amd64/Packages.xz`);
});
