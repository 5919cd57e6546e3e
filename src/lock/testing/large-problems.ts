import type { Candidate } from '../../model/candidate.ts';
import { type Coherence, coherenceSchema } from '../../model/coherence.ts';
import type { Member, Problem } from '../problem.ts';

const sources = [
  'torch',
  'torch-device',
  'torchvision',
  'torchaudio',
  'rocm-core',
  'rocm-devel',
  'apex',
  'vllm',
];
const wheels = sources.slice(0, -1);

/** Images with eight members, each with `count` candidates, that are hard in one way each. */
export const largeProblems: Readonly<Record<string, (count: number) => Problem>> = {
  /** What a real index comes to after years: nightly after nightly, the newest incomplete. */
  'one wheel per nightly': (count) =>
    image(
      (source, index) =>
        Array.from({ length: count }, (_, at) =>
          source === 'vllm'
            ? release(source, at, { torch: '==2.11.*' })
            : wheel(source, '2.11.0', at - index * 3),
        ),
      { sets: { rocm: { members: wheels } } },
    ),

  /** Only the very first nightly has all members. */
  'one shared stamp': (count) =>
    image(
      (source, index) =>
        Array.from({ length: count }, (_, at) =>
          source === 'vllm'
            ? release(source, at)
            : wheel(source, '2.11.0', at === 0 ? 0 : at * wheels.length + index),
        ),
      { sets: { rocm: { members: wheels } } },
    ),

  /** Every nightly is complete, and what vLLM needs is on none but the oldest. */
  'a requirement that all nightlies break': (count) =>
    image(
      (source) =>
        Array.from({ length: count }, (_, at) =>
          source === 'vllm'
            ? release(source, at, { torch: '==2.11.*', torchvision: '==2.11.*' })
            : wheel(source, source === 'torchvision' && at > 0 ? '2.12.0' : '2.11.0', at),
        ),
      { sets: { rocm: { members: wheels } } },
    ),

  /** Ten stamps with hundreds of versions each, a pairing table of hundreds of rows. */
  'many versions per stamp': (count) => {
    const releases = Math.ceil(count / 10);
    return image(
      (source) =>
        Array.from({ length: count }, (_, at) =>
          source === 'vllm'
            ? release(source, at, { torch: `<2.${releases >> 1}` })
            : wheel(source, `2.${at % releases}.0`, Math.floor(at / releases)),
        ),
      {
        sets: {
          rocm: {
            members: wheels,
            pairing: {
              by: 'torch',
              rows: Array.from({ length: releases }, (_, at) => ({
                torch: `2.${at}`,
                torchvision: `2.${releases - 1 - at}`,
                torchaudio: `2.${Math.max(0, at - 1)}`,
              })),
            },
          },
        },
      },
    );
  },

  /** Each pins the next one exactly, and the last has nothing but its oldest. */
  'a chain of exact pins': (count) =>
    image((source, index) => {
      const next = sources[index + 1];
      if (next === undefined) return [release(source, 0)];
      return Array.from({ length: count }, (_, at) => release(source, at, { [next]: `==0.${at}.0` }));
    }),

  /** Pins that never meet, in a circle through all members. */
  'a circle of pins without a choice': (count) =>
    image((source, index) =>
      Array.from({ length: count }, (_, at) =>
        release(source, at, { [sources[(index + 1) % sources.length]!]: `==0.${(at + 1) % count}.0` }),
      ),
    ),

  /** Thousands of ranges, no two the same, each open at one end. */
  'thousands of different ranges': (count) =>
    image((source, index) =>
      Array.from({ length: count }, (_, at) =>
        release(source, at, {
          [sources[(index + 1) % sources.length]!]: `<0.${Math.max(1, at)}.0`,
          [sources[(index + 2) % sources.length]!]: `>=0.0.0,<=0.${at}.5`,
        }),
      ),
    ),

  /** Two sets with thousands of stamps each, tied to each other by pins that only the oldest meet. */
  'two sets against each other': (count) =>
    image(
      (source, index) =>
        Array.from({ length: count }, (_, at) => {
          const other = sources[(index + 4) % 8]!;
          return {
            ...wheel(source, `0.${at}.0`, at),
            requires: { [other]: `==0.${at === 0 ? 0 : count - at}.0` },
          };
        }),
      { sets: { rocm: { members: sources.slice(0, 4) }, other: { members: sources.slice(4) } } },
    ),
};

function image(
  candidatesOf: (source: string, index: number) => Candidate[],
  rules: Partial<Record<keyof Coherence, unknown>> = {},
): Problem {
  const members = sources.map(
    (source, index): Member => ({ source, grammar: 'pep440', candidates: candidatesOf(source, index) }),
  );
  return { members, rules: coherenceSchema.parse(rules), now: Date.parse('2026-07-05T12:00:00Z') };
}

function release(source: string, at: number, requires?: Record<string, string>): Candidate {
  const version = `0.${at}.0`;
  return {
    version,
    name: `${source}-${version}`,
    url: 'https://github.com/',
    ...(requires ? { requires } : {}),
  };
}

/** A nightly of some day; days count from 2010 on, so that thousands of them are real dates. */
function wheel(source: string, version: string, day: number): Candidate {
  const date = new Date(Date.UTC(2010, 0, 1 + day)).toISOString().slice(0, 10);
  const stamp = `7.15.0a${date.replaceAll('-', '')}`;
  const name = `${source}-${version}+rocm${stamp}-cp312-cp312-linux_x86_64.whl`;
  return { version: `${version}+rocm${stamp}`, name, url: 'https://rocm.nightlies.amd.com/', stamp };
}

/** More members than versions, and every two must have different ones: nobody knows a quick way to see that it can't be. */
export function tangledProblem(count: number): Problem {
  const names = Array.from({ length: count }, (_, index) => `member-${index}`);
  const members = names.map(
    (source): Member => ({
      source,
      grammar: 'pep440',
      candidates: Array.from({ length: count - 1 }, (_, at) =>
        release(
          source,
          at,
          Object.fromEntries(
            names.filter((other) => other !== source).map((other) => [other, `!=0.${at}.0`]),
          ),
        ),
      ),
    }),
  );
  return { members, rules: coherenceSchema.parse({}), now: 0 };
}
