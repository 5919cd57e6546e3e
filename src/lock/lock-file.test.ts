import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lockFileOf, lockText, readLock, writeLock } from './lock-file.ts';
import { queriesOf } from './queries.ts';
import { staleness } from './stale.ts';
import { resolved } from './testing/resolved.ts';
import { smallImage } from './testing/small-catalog.ts';

test('a lock holds what was chosen, what it answers, and where it is', async () => {
  const image = smallImage();
  const { lock } = await resolved(image);
  expect(lock.stamps).toEqual({ rocm: '7.14.0' });
  expect(lock.sources.torch).toEqual({
    query: queriesOf(image.definition).get('torch'),
    pin: {
      kind: 'python-index',
      version: '2.11.0+rocm7.14.0',
      date: '2026-06-30T10:00:00Z',
      stamp: '7.14.0',
      file: expect.objectContaining({ size: 1000, url: expect.stringContaining('https://repo.amd.com/') }),
    },
  });
  expect(lock.sources.debian!.query).toEqual({
    kind: 'debian',
    suite: 'trixie',
    packages: ['bc', 'strace', 'zip'],
  });
});

test('written and read it is the same, whatever the order of its keys; written twice nothing happens', async () => {
  const image = smallImage();
  const { lock } = await resolved(image);
  expect([writeLock(image, lock), writeLock(image, lock)]).toEqual([true, false]);
  const read = readLock(image)!;
  expect(lockText(read)).toBe(readFileSync(lockFileOf(image), 'utf8'));
  const reversed = Object.fromEntries(Object.entries(lock.sources).reverse());
  expect(lockText({ ...lock, sources: reversed })).toBe(lockText(lock));
  expect(staleness(image.definition, [], read)).toEqual([]);
});

describe('a lock that is not right', () => {
  const broken = async (change: (text: string) => string) => {
    const image = smallImage();
    writeLock(image, (await resolved(image)).lock);
    writeFileSync(lockFileOf(image), change(readFileSync(lockFileOf(image), 'utf8')));
    return () => readLock(image);
  };

  test.each([
    [
      'an address with another scheme',
      (text: string) => text.replace('https://repo', 'file://repo'),
      /must be an http/,
    ],
    [
      'a name that leaves its folder',
      (text: string) => text.replace('"name": "torch', '"name": "../torch'),
      /plain file name/,
    ],
    [
      'a pool path that leaves it',
      (text: string) => text.replace('pool/main/b', 'pool/../b'),
      /below the archive/,
    ],
    ['half of a digest', (text: string) => text.replace(/"sha256": "746f/, '"sha256": "74'), /sha256/],
    [
      'a key that is there twice, as after a merge',
      (text: string) => text.replace('"format": 1,', '"format": 1,\n  "format": 1,'),
      /unique/,
    ],
    ['half of a file', (text: string) => text.slice(0, 900), /./],
    [
      'an unknown key',
      (text: string) => text.replace('"format"', '"formal": 1, "format"'),
      /unknown key "formal"/,
    ],
    ['a format of the future', (text: string) => text.replace('"format": 1', '"format": 2'), /format/],
    [
      'of another image',
      (text: string) => text.replace('"image": "demo"', '"image": "other"'),
      /lock of other/,
    ],
  ])('%s is refused with its place', async (_, change, message) => {
    const read = await broken(change);
    expect(read).toThrow(message);
    try {
      read();
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 2, facts: { where: { line: expect.any(Number) } } });
    }
  });
});
