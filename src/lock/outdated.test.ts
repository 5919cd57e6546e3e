import { describe, expect, it } from 'vitest';
import { allNewer } from './newer.ts';
import { outdatedOf } from './outdated.ts';
import { resolved } from './testing/resolved.ts';
import { debianPin, offers, smallImage, tarball, wheel } from './testing/small-catalog.ts';

describe('what is newer than the choice', () => {
  const passedOver = [
    { version: '2.13.0+rocm7.15.0', name: 'torch-2.13.0.whl', why: 'yanked: broken' },
    { version: '2.12.0+rocm7.15.0a20260703', name: 'torch-cp313.whl', why: 'for cp313-cp313, not cp312' },
    { version: '2.10.0+rocm7.12.0', name: 'torch-2.10.0.whl', why: 'yanked: old' },
    { name: 'torch.txt', why: 'no wheel' },
  ];

  it('is told once, with what its place has against it', async () => {
    const { considered } = await resolved(smallImage(), { ...offers, passedOver });
    expect(allNewer(considered).map(({ of, version, why }) => `${of} ${version}: ${why}`)).toEqual([
      'rocm 7.15.0a20260703: sdk has none with rocm 7.15.0a20260703 (the last one before is of 7.14.0)',
      expect.stringMatching(/^torch 2\.12\.0\+rocm7\.15\.0a20260703: rocm 7\.15\.0a20260703 was not chosen/),
      'torch 2.13.0+rocm7.15.0: yanked: broken',
    ]);
  });

  it('stands beside what is locked', async () => {
    const image = smallImage();
    const { lock } = await resolved(image);
    const { considered } = await resolved(image, {
      ...offers,
      passedOver,
      sdk: [tarball('7.14.1'), ...offers.sdk],
      torch: [wheel('2.11.0', '7.14.1'), ...offers.torch],
      debian: debianPin('1.0-2'),
    });
    expect(outdatedOf(lock, considered)).toEqual([
      {
        source: 'torch',
        locked: '2.11.0+rocm7.14.0',
        acceptable: '2.11.0+rocm7.14.1',
        newest: '2.13.0+rocm7.15.0',
        why: 'yanked: broken',
        changes: [{ source: 'torch', from: '2.11.0+rocm7.14.0', to: '2.11.0+rocm7.14.1' }],
      },
      expect.objectContaining({ source: 'sdk', locked: '7.14.0', acceptable: '7.14.1', newest: '7.14.1' }),
      expect.objectContaining({ source: 'vllm', changes: [] }),
      expect.objectContaining({
        source: 'debian',
        changes: ['bc', 'strace', 'zip'].map((item) => ({
          source: 'debian',
          item,
          from: '1.0-1',
          to: '1.0-2',
        })),
      }),
    ]);
  });

  it('is nothing when the lock is of today, and other bytes under one name are something', async () => {
    const image = smallImage();
    const { lock, considered } = await resolved(image);
    expect(outdatedOf(lock, considered).flatMap(({ changes }) => changes)).toEqual([]);
    const other = { ...offers.torch[1]!, sha256: 'f'.repeat(64) };
    const again = await resolved(image, { ...offers, torch: [other] });
    expect(outdatedOf(lock, again.considered).flatMap(({ changes }) => changes)).toEqual([
      {
        source: 'torch',
        from: expect.stringContaining('2.11.0+rocm7.14.0 (746f726368'),
        to: '2.11.0+rocm7.14.0 (fffffffffffffffffff)',
      },
    ]);
  });
});
