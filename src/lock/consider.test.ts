import { describe, expect, it, test } from 'vitest';
import { nothingAsked } from './asked.ts';
import { changesBetween } from './changes.ts';
import { consider } from './consider.ts';
import { now, resolved } from './testing/resolved.ts';
import {
  branchPin,
  debianPin,
  offers,
  placesOf,
  smallImage,
  tarball,
  wheel,
} from './testing/small-catalog.ts';

describe('one source chosen anew', () => {
  const later = {
    torch: [wheel('2.11.1', '7.14.0'), ...offers.torch],
    sdk: [tarball('7.15.0a20260703'), ...offers.sdk],
    vllm: branchPin('b'),
    debian: debianPin('1.0-2'),
  };

  it('leaves the rest as it was, and asks only the place of that one', async () => {
    const image = smallImage();
    const before = (await resolved(image)).lock;
    const { lock, asked } = await resolved(image, later, { before, anew: ['vllm'] });
    expect(changesBetween(before, lock)).toEqual([
      { source: 'vllm', from: 'main at aaaaaaaaaaaa', to: 'main at bbbbbbbbbbbb' },
    ]);
    expect(asked).toEqual(['current git']);
  });

  it('keeps what goes together together', async () => {
    const image = smallImage();
    const before = (await resolved(image)).lock;
    const { lock, considered } = await resolved(image, later, { before, anew: ['torch'] });
    expect(changesBetween(before, lock)).toEqual([
      { source: 'torch', from: '2.11.0+rocm7.14.0', to: '2.11.1+rocm7.14.0' },
    ]);
    expect(considered.choice.rejected[0]).toMatchObject({ of: 'rocm', version: '7.15.0a20260703' });
    const all = await resolved(image, later, { before, anew: ['torch', 'sdk'] });
    expect(all.lock.stamps).toEqual({ rocm: '7.15.0a20260703' });
  });
});

test('nothing that goes together is told with the nearest miss, exit 3', async () => {
  const image = smallImage();
  const asked = { wishes: { rocm: '7.13' } };
  await expect(resolved(image, offers, { asked })).rejects.toMatchObject({
    exitCode: 3,
    facts: {
      what: expect.stringContaining('nearest is rocm 7.15.0a20260703: excluded by --rocm 7.13'),
      where: { line: expect.any(Number) },
    },
  });
});

test('every place is heard before a failure is told, and the failure of one is told', async () => {
  const image = smallImage();
  const places = placesOf(offers);
  let heard = false;
  const slow = new Promise<void>((done) => setImmediate(done));
  await expect(
    consider(
      image,
      { asked: nothingAsked, kept: new Map(), base: undefined, now },
      {
        ...places,
        list: () => Promise.reject(new Error('torch is down')),
        async current() {
          await slow;
          heard = true;
          throw new Error('git is down');
        },
      },
    ),
  ).rejects.toThrow('torch is down');
  expect(heard).toBe(true);
});

test('a day in the past, and what has no past', async () => {
  const { considered } = await resolved(smallImage(), offers, {
    asked: { wishes: {}, asOf: '2026-07-01' },
  });
  expect(considered.notes).toEqual([
    expect.stringMatching(/^vllm: its place has what is there today alone, so --as-of 2026-07-01/),
    expect.stringMatching(/^debian: /),
  ]);
});

test('a wheel that is locked already is asked for no more; a file without a digest is', async () => {
  const image = smallImage();
  const before = (await resolved(image)).lock;
  const { lock, asked } = await resolved(image, offers, { before });
  expect(lock).toEqual(before);
  expect(asked.filter((one) => one.startsWith('pin'))).toEqual(['pin therock-7.14.0.tar.gz']);
});

test('what was asked for is kept in the lock', async () => {
  const image = smallImage();
  const { lock } = await resolved(image, offers, {
    asked: { wishes: { torch: '2.11', rocm: '~7.14' }, asOf: '2026-07-01' },
  });
  expect(lock.asked).toEqual({ wishes: { rocm: '~7.14', torch: '2.11' }, asOf: '2026-07-01' });
  expect((await resolved(image)).lock.asked).toBeUndefined();
});
