import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cachedThings } from './cached-things.ts';
import { garbageOf, type HeldLayer } from './garbage.ts';
import { markInUse, readInUse } from './in-use.ts';

const layer = (key: string, more: Partial<HeldLayer> = {}): HeldLayer => ({
  reference: `localhost/halobox/base:${key}`,
  key,
  named: false,
  created: 10,
  size: 5,
  ...more,
});
const nothing = {
  keys: new Set<string>(),
  digests: new Set<string>(),
  inUse: () => false,
  fileInUse: () => false,
  since: 100,
};

test('a layer goes when no record, tag, running build and youth speaks for it', () => {
  const layers = [
    layer('old'),
    layer('recorded'),
    layer('named', { named: true }),
    layer('used'),
    layer('young', { created: 100 }),
    layer('release', { named: true, final: 'final' }),
    layer('final'),
    layer('forgotten', { final: 'old' }),
    layer('superseded', { final: 'recorded' }),
    layer('of today', { final: 'young' }),
  ];
  const kept = { ...nothing, keys: new Set(['recorded']), inUse: (key: string) => key === 'used' };
  expect(garbageOf(layers, [], kept).map(({ what }) => what)).toEqual([
    'localhost/halobox/base:forgotten',
    'localhost/halobox/base:old',
    'localhost/halobox/base:superseded',
  ]);
});

test('of the cache goes what no lock names and what can be made again, when it is old; the largest first', () => {
  const cache = [
    { path: 'sha256/locked', sha256: 'locked', touched: 1, size: 9 },
    { path: 'sha256/other', sha256: 'other', touched: 1, size: 3 },
    { path: 'trees/old', touched: 1, size: 7 },
    { path: 'trees/young', touched: 200, size: 7 },
    { path: 'trees/used', touched: 1, size: 7 },
  ];
  const fileInUse = (path: string) => path === 'trees/used';
  const kept = { ...nothing, digests: new Set(['locked']), fileInUse };
  expect(garbageOf([], cache, kept).map(({ what, why }) => [what, why])).toEqual([
    ['trees/old', 'it can be made again'],
    ['sha256/other', 'no lock and no recent build names it'],
  ]);
});

test('the cache as it lies there', () => {
  const cache = mkdtempSync(join(tmpdir(), 'halobox-gc-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  mkdirSync(join(cache, 'trees/a/tree'), { recursive: true });
  mkdirSync(join(cache, 'sha256'));
  writeFileSync(join(cache, 'trees/a/tree/file'), 'x'.repeat(10_000));
  writeFileSync(join(cache, 'sha256/abc'), 'abc');
  writeFileSync(join(cache, 'sha256/def.partial'), 'half');
  mkdirSync(join(cache, 'rootfs'));
  const digest = 'e'.repeat(64);
  writeFileSync(join(cache, `rootfs/${digest}.tar`), 'tar');
  writeFileSync(join(cache, `rootfs/trixie-${digest}.newest`), digest);
  utimesSync(join(cache, 'sha256/abc'), 5, 5);
  const found = cachedThings(cache);
  expect(found.map(({ path }) => path.slice(cache.length + 1))).toEqual([
    'sha256/abc',
    `rootfs/${digest}.tar`,
    'trees/a',
  ]);
  expect(found[0]).toMatchObject({ sha256: 'abc', size: 3, touched: 5000 });
  expect(found[1]).toMatchObject({ sha256: digest, size: 3 });
  expect(found[2]!.size).toBeGreaterThan(10_000);
});

test('what is in use is so until it is released, and others see it', async () => {
  const name = `layer ${Math.random()}`;
  expect(readInUse()(name)).toBe(false);
  const [one, two] = [await markInUse([name, name]), await markInUse([name])];
  expect([readInUse()(name), readInUse()(`${name}?`)]).toEqual([true, false]);
  one.release();
  expect(readInUse()(name)).toBe(true);
  two.release();
  expect(readInUse()(name)).toBe(false);
});
