import { describe, expect, it } from 'vitest';
import { choose } from './choose.ts';
import type { Member } from './problem.ts';
import { candidateOf, chosen, image, nightlies, paired, reasons, stampOf } from './testing/small-image.ts';

describe('the pairing table', () => {
  const stamp = '7.15.0a20260703';
  const several = {
    torch: `2.13.0+${stamp} 2.12.0+${stamp} 2.11.1+${stamp} 2.11.0+${stamp}`,
    'torch-device': `2.13.0+${stamp}`,
    torchvision: `0.27.1+${stamp} 0.27.0+${stamp} 0.26.0+${stamp}`,
    torchaudio: `2.11.0+${stamp} 2.12.0+${stamp}`,
    apex: `1.11.0+${stamp} 1.12.0+${stamp} 1.13.0+${stamp}`,
  };

  it('takes the newest torch whose partners are there', () => {
    const choice = choose(image(several));
    expect(chosen(choice)).toMatchObject({
      torch: `2.12.0+rocm${stamp}`,
      torchvision: `0.27.1+rocm${stamp}`,
      torchaudio: `2.11.0+rocm${stamp}`,
      apex: `1.12.0+rocm${stamp}`,
    });
    expect(reasons(choice)).toEqual([
      `torch 2.13.0+rocm${stamp}: torch 2.13.0 is paired with torchvision 0.28, which is not there`,
      `torchaudio 2.12.0+rocm${stamp}: torch 2.12.0 is paired with torchaudio 2.11`,
      `apex 1.13.0+rocm${stamp}: torch 2.12.0 is paired with apex 1.12`,
    ]);
  });

  it('passes over a torch that no row names', () => {
    const choice = choose(image({ ...several, torch: `2.110.0+${stamp} 2.11.0+${stamp}` }));
    expect(chosen(choice)?.torch).toBe(`2.11.0+rocm${stamp}`);
    expect(reasons(choice)[0]).toBe(`torch 2.110.0+rocm${stamp}: the pairing table names no torch 2.110.0`);
  });

  it('takes the stamp before when no pair of the newest fits', () => {
    const choice = choose(
      image({
        torch: '2.13.0+7.15.0 2.11.0+7.14.0',
        'torch-device': '2.13.0+7.15.0 2.11.0+7.14.0',
        torchvision: '0.27.0+7.15.0 0.26.0+7.14.0',
        torchaudio: '2.11.0+7.15.0 2.11.0+7.14.0',
      }),
    );
    expect(stampOf(choice)).toBe('7.14.0');
    expect(reasons(choice)[0]).toBe(
      'rocm 7.15.0: torch 2.13.0 is paired with torchvision 0.28, which is not there',
    );
  });
});

describe('needs of others', () => {
  const two = nightlies('7.14.0', '7.15.0');
  const newer = { ...two, torch: '2.11.0+7.14.0 2.12.0+7.15.0', torchvision: '0.26.0+7.14.0 0.27.0+7.15.0' };
  const rule = { when: 'vllm', versions: '>=0.27,<0.28', needs: { torch: '==2.11.*' } };

  it('lets the newest ROCm win over the newest vLLM', () => {
    const choice = choose(image({ ...newer, vllm: '0.27.1 0.26.0' }, { ...paired, requirements: [rule] }));
    expect(chosen(choice)).toMatchObject({ torch: '2.12.0+rocm7.15.0', vllm: '0.26.0' });
    expect(reasons(choice)).toEqual(['vllm 0.27.1: vllm 0.27.1 needs torch ==2.11.*, and torch is 2.12.0']);
  });

  it('takes the older ROCm when the vLLM that was asked for needs it', () => {
    const choice = choose(
      image(
        { ...newer, vllm: '0.27.1 0.26.0' },
        { ...paired, requirements: [rule] },
        {
          wishes: [{ on: 'vllm', text: 'v0.27.1' }],
        },
      ),
    );
    expect(chosen(choice)).toMatchObject({ torch: '2.11.0+rocm7.14.0', vllm: '0.27.1' });
    expect(reasons(choice)[0]).toBe(
      'rocm 7.15.0: vllm 0.27.1 needs torch ==2.11.*, which is not there with rocm 7.15.0',
    );
  });

  it('heeds what a candidate says itself, in PEP 440 also of a source with another grammar', () => {
    const problem = image({ vllm: '0.27.1 0.26.0', tool: '' }, {});
    const [vllm] = problem.members;
    const tool: Member = { source: 'tool', grammar: 'semver', candidates: [candidateOf('tool', '1.4.2')] };
    const needing = vllm!.candidates.map((one) => ({
      ...one,
      requires: { tool: one.version === '0.27.1' ? '>=2' : '~=1.4', numpy: '>=2' },
    }));
    const choice = choose({ ...problem, members: [{ ...vllm!, candidates: needing }, tool] });
    expect(chosen(choice)).toEqual({ vllm: '0.26.0', tool: '1.4.2' });
    expect(reasons(choice)).toEqual(['vllm 0.27.1: vllm 0.27.1 needs tool >=2, which is not there']);
  });

  it('excludes a candidate whose need nobody can read', () => {
    const problem = image({ torch: '2.11.0', vllm: '0.27.1' }, {});
    const [torch, vllm] = problem.members;
    const candidates = vllm!.candidates.map((one) => ({ ...one, requires: { torch: 'the new one' } }));
    expect(choose({ ...problem, members: [torch!, { ...vllm!, candidates }] })).toMatchObject({
      found: false,
      nearest: { of: 'vllm', version: '0.27.1', why: 'it needs torch "the new one", which can\'t be read' },
    });
  });

  it('keeps to the range of a series, by the numbers of the release', () => {
    const ranges = [{ source: 'sdk', versions: '>=7.12.0 <7.15.0', why: 'the series therock-rccl' }];
    const choice = choose(image({ sdk: '7.14.0a20260630 7.15.0a20260703' }, { ranges }));
    expect(chosen(choice)).toEqual({ sdk: '7.14.0a20260630' });
    expect(reasons(choice)).toEqual([
      'sdk 7.15.0a20260703: not in >=7.12.0 <7.15.0: the series therock-rccl',
    ]);
  });

  it('goes back on a choice that shows itself wrong only when the rest is tried', () => {
    // With a 2.0 the three others have two versions between them, and no two of them want the same.
    const others = ['b', 'c', 'd'];
    const problem = image(
      { a: '2.0 1.0', b: '3.0 2.0 1.0', c: '3.0 2.0 1.0', d: '3.0 2.0 1.0', e: '2.0 1.0' },
      {
        requirements: [
          { when: 'a', versions: '==2.0', needs: { b: '<3', c: '<3', d: '<3', e: '>=1' } },
          { when: 'a', versions: '==1.0', needs: { e: '>=1' } },
          ...others.flatMap((when) =>
            ['1.0', '2.0', '3.0'].map((version) => ({
              when,
              versions: `==${version}`,
              needs: Object.fromEntries(
                others.filter((other) => other !== when).map((other) => [other, `!=${version}`]),
              ),
            })),
          ),
        ],
      },
    );
    const choice = choose(problem);
    expect(chosen(choice)).toEqual({ a: '1.0', b: '3.0', c: '2.0', d: '1.0', e: '2.0' });
    expect(reasons(choice)[0]).toBe('a 2.0: what must go with it does not go together');
  });
});
