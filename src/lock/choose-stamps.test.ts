import { describe, expect, it } from 'vitest';
import { choose } from './choose.ts';
import { chosen, image, nightlies, paired, reasons, stampOf, wheels } from './testing/small-image.ts';

describe('an incomplete newest nightly', () => {
  const two = nightlies('7.15.0a20260702', '7.15.0a20260703');

  it('takes the one before when torchvision is a day behind', () => {
    const choice = choose(image({ ...two, torchvision: '0.26.0+7.15.0a20260702' }));
    expect(stampOf(choice)).toBe('7.15.0a20260702');
    const behind =
      'torchvision has none with rocm 7.15.0a20260703 (the last one before is of 7.15.0a20260702)';
    expect(reasons(choice)).toEqual([
      `rocm 7.15.0a20260703: ${behind}`,
      `torch 2.11.0+rocm7.15.0a20260703: rocm 7.15.0a20260703 was not chosen: ${behind}`,
      `torch-device 2.11.0+rocm7.15.0a20260703: rocm 7.15.0a20260703 was not chosen: ${behind}`,
      `torchaudio 2.11.0+rocm7.15.0a20260703: rocm 7.15.0a20260703 was not chosen: ${behind}`,
    ]);
  });

  it('tells what the place has instead of the device wheel that is missing', () => {
    const problem = image({ ...two, 'torch-device': '2.11.0+7.15.0a20260702' });
    const version = '2.11.0+rocm7.15.0a20260703';
    const passedOver = [{ version, name: 'torch_device.whl', why: 'yanked: built for another target' }];
    const members = problem.members.map((member) =>
      member.source === 'torch-device' ? { ...member, passedOver } : member,
    );
    expect(reasons(choose({ ...problem, members }))[0]).toBe(
      `rocm 7.15.0a20260703: torch-device ${version}: yanked: built for another target`,
    );
  });

  it('names three of many that are missing', () => {
    const choice = choose(
      image(
        { ...nightlies('7.14.0'), torch: '2.11.0+7.14.0', sdk: '7.14.0+7.14.0 7.15.0+7.15.0' },
        {
          sets: { rocm: { members: [...wheels, 'sdk'] } },
        },
      ),
    );
    expect(reasons(choice)[0]).toMatch(
      /^rocm 7.15.0: torch has none .*; torch-device has none .*; torchvision has none .*; and 1 more$/,
    );
  });

  it('does not wait for an optional member, and says why it is missing', () => {
    const choice = choose(image({ ...two, apex: '1.11.0+7.15.0a20260702' }));
    expect(stampOf(choice)).toBe('7.15.0a20260703');
    expect(chosen(choice)).not.toHaveProperty('apex');
    expect(reasons(choice)).toEqual([
      'apex 1.11.0+rocm7.15.0a20260702: rocm 7.15.0a20260702 is older than the chosen 7.15.0a20260703',
    ]);
  });
});

describe('streams side by side', () => {
  const both = nightlies('7.13.0', '7.14.0', '7.14.0a20260630', '7.9.0');

  it('takes a release before its own nightlies, by the numbers and not the text', () => {
    expect(stampOf(choose(image(both)))).toBe('7.14.0');
    expect(stampOf(choose(image(nightlies('7.9.0', '7.10.0', '10.0.0a20260704'))))).toBe('10.0.0a20260704');
  });

  it('takes the nightly of the next release before the release', () => {
    expect(stampOf(choose(image(nightlies('7.14.0', '7.15.0a20260703'))))).toBe('7.15.0a20260703');
  });

  it('keeps to what a person asks for', () => {
    const wish = (text: string) =>
      choose(
        image(nightlies('7.14.0', '7.14.0a20260630', '7.15.0a20260703'), paired, {
          wishes: [{ on: 'rocm', text }],
        }),
      );
    expect(stampOf(wish('~7.14'))).toBe('7.14.0');
    expect(reasons(wish('~7.14')).slice(0, 2)).toEqual([
      'rocm 7.15.0a20260703: excluded by --rocm ~7.14',
      'torch 2.11.0+rocm7.15.0a20260703: excluded by --rocm ~7.14',
    ]);
    expect(stampOf(wish('7.14.0a20260630'))).toBe('7.14.0a20260630');
  });

  it('takes 7.14 and 7.14.0 for one stamp', () => {
    const choice = choose(image({ ...nightlies('7.14.0'), torchvision: '0.26.0+7.14' }));
    expect(chosen(choice)?.torchvision).toBe('0.26.0+rocm7.14');
  });

  it('mixes no stamps even where every version would fit', () => {
    const choice = choose(image({ ...nightlies('7.14.0'), torch: '2.11.0+7.15.0' }));
    expect(choice).toMatchObject({
      found: false,
      nearest: {
        of: 'rocm',
        version: '7.15.0',
        why: expect.stringMatching(/^torch-device has none with rocm 7.15.0/),
      },
    });
  });
});
