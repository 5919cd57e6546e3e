import { describe, expect, it, test } from 'vitest';
import type { Candidate } from '../model/candidate.ts';
import { coherenceSchema, type KnownBad } from '../model/coherence.ts';
import { choose } from './choose.ts';
import type { Member } from './problem.ts';
import { chosen, image, nightlies, now, paired, reasons, stampOf } from './testing/small-image.ts';

describe('what a person asks for', () => {
  it('tells which constraint excluded what', () => {
    const offers = {
      ...nightlies('7.14.0'),
      torch: '2.12.0+7.14.0 2.11.0+7.14.0',
      torchvision: '0.27.0+7.14.0 0.26.0+7.14.0',
    };
    const choice = choose(image(offers, paired, { wishes: [{ on: 'torch', text: '2.11' }] }));
    expect(chosen(choice)?.torchvision).toBe('0.26.0+rocm7.14.0');
    expect(reasons(choice)).toEqual([
      'torch 2.12.0+rocm7.14.0: excluded by --torch 2.11',
      'torchvision 0.27.0+rocm7.14.0: torch 2.11.0 is paired with torchvision 0.26',
    ]);
  });

  it('takes a name or a commit too', () => {
    const [main, tag] = [
      {
        version: '0.28.0',
        name: 'main',
        url: 'https://github.com/vllm-project/vllm',
        revision: 'a'.repeat(40),
      },
      {
        version: '0.27.1',
        name: 'v0.27.1',
        url: 'https://github.com/vllm-project/vllm',
        revision: 'b'.repeat(40),
      },
    ];
    const members: Member[] = [{ source: 'vllm', grammar: 'pep440', candidates: [tag, main] }];
    const wish = (text: string) =>
      chosen(choose({ members, rules: coherenceSchema.parse({}), now, wishes: [{ on: 'vllm', text }] }));
    expect([wish('main'), wish('b'.repeat(40)), wish('v0.27.1')]).toEqual([
      { vllm: '0.28.0' },
      { vllm: '0.27.1' },
      { vllm: '0.27.1' },
    ]);
  });

  test.each([
    [{ on: 'cuda', text: '13' }, /neither a source nor a set cuda/],
    [{ on: 'torch', text: 'newest' }, /--torch newest: is no version, no range/],
    [{ on: 'rocm', text: 'newest' }, /--rocm newest: is no version, no range/],
  ])('refuses %j', (wish, message) => {
    expect(() => choose(image(nightlies('7.14.0'), paired, { wishes: [wish] }))).toThrow(message);
  });

  it('names the nearest miss: the newest stamp that was not excluded', () => {
    const offers = { ...nightlies('7.13.0', '7.14.0', '7.15.0'), torchvision: '0.26.0+7.13.0' };
    const nearest = (text: string, more: Record<string, string> = {}) => {
      const choice = choose(image({ ...offers, ...more }, paired, { wishes: [{ on: 'rocm', text }] }));
      return choice.found
        ? undefined
        : `${choice.nearest?.of} ${choice.nearest?.version}: ${choice.nearest?.why}`;
    };
    expect(nearest('7.14')).toBe(
      'rocm 7.14.0: torchvision has none with rocm 7.14.0 (the last one before is of 7.13.0)',
    );
    expect(nearest('9')).toBe('rocm 7.15.0: excluded by --rocm 9');
    expect(nearest('7.15', { torchvision: '0.27.0+7.15.0' })).toBe(
      'rocm 7.15.0: torch 2.11.0 is paired with torchvision 0.26, which is not there',
    );
    expect(nearest('7.13', { torchaudio: '' })).toBe(
      'torchaudio : its place offers nothing that could be chosen',
    );
    expect(nearest('7.13', { vllm: '0.27.1' })).toBeUndefined();
  });
});

describe('known-bad builds', () => {
  const known = (...knownBad: KnownBad[]) =>
    choose(image(nightlies('7.14.0', '7.15.0'), paired, { knownBad }));

  it('passes over a stamp, with the reason and the link', () => {
    const link = 'https://github.com/ROCm/TheRock/issues/1';
    const choice = known({ stamp: '7.15', reason: 'hangs on gfx1151', link });
    expect(stampOf(choice)).toBe('7.14.0');
    expect(reasons(choice)[0]).toBe(`rocm 7.15.0: known bad: hangs on gfx1151 (${link})`);
  });

  it('passes over one build of one source, and so over its stamp', () => {
    const choice = known({ source: 'torchaudio', versions: '==2.11.0+rocm7.15.0', reason: 'no sound' });
    expect(reasons(choice)[0]).toBe('rocm 7.15.0: torchaudio 2.11.0+rocm7.15.0: known bad: no sound');
  });

  it('refuses a range that it can not read, instead of excluding nothing', () => {
    expect(() => known({ source: 'torch', versions: '2.11', reason: 'x' })).toThrow(
      /known-bad: "2.11" is no range/,
    );
  });
});

describe('what is offered', () => {
  it('refuses what is no version, and what carries no stamp', () => {
    const problem = image(nightlies('7.14.0'));
    const [torch, ...rest] = problem.members;
    const odd = ['$(id)', '2.13.0'].map((version) => ({
      version,
      name: version,
      url: 'https://repo.amd.com/',
    }));
    const choice = choose({
      ...problem,
      members: [{ ...torch!, candidates: [...odd, ...torch!.candidates] }, ...rest],
    });
    expect(reasons(choice)).toEqual([
      'torch 2.13.0: carries no rocm stamp',
      'torch $(id): is no pep440 version',
    ]);
  });

  it('takes the later of two builds of one version, and counts what is there twice once', () => {
    const build = (name: string, date: string): Candidate => ({
      version: '1.0',
      name,
      date,
      url: 'https://repo.amd.com/',
    });
    const candidates = [build('b', '2026-06-01'), build('a', '2026-06-02'), build('a', '2026-06-02')];
    const choice = choose({
      members: [{ source: 'sdk', grammar: 'pep440', candidates }],
      rules: coherenceSchema.parse({}),
      now,
    });
    expect(choice).toMatchObject({ found: true, rejected: [], notes: [] });
    expect(choice.found && choice.chosen.get('sdk')?.name).toBe('a');
    const knownBad = [{ source: 'sdk', versions: '==2.0', reason: 'hangs' }];
    const twice = candidates.concat(candidates.map((one) => ({ ...one, version: '2.0' })));
    const members: Member[] = [{ source: 'sdk', grammar: 'pep440', candidates: twice }];
    const names = choose({ members, rules: coherenceSchema.parse({}), now, knownBad }).rejected.map(
      ({ name }) => name,
    );
    expect(names).toEqual(['a', 'b']);
  });

  it('chooses nothing where nothing is asked for', () => {
    expect(choose({ members: [], rules: coherenceSchema.parse(paired), now })).toMatchObject({
      found: true,
      rejected: [],
    });
  });
});
