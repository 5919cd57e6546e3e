import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkCoherence, checkKnownBad } from './check-coherence.ts';
import { coherenceSchema, knownBadSchema } from './coherence.ts';
import type { GrammarName } from './version-grammar.ts';

const rules = `
sets:
  rocm:
    members: [torch, torch-device, torchvision, torchaudio, apex]
    optional: [apex]
    pairing:
      by: torch
      rows:
        - { torch: "2.11", torchvision: "0.26", torchaudio: "2.11", apex: "1.11" }
        - { torch: "2.12", torchvision: "0.27", torchaudio: "2.11", apex: "1.12" }
requirements:
  - { when: vllm, versions: ">=0.27,<0.28", needs: { torch: ==2.11.* } }
ranges:
  - { source: torch, versions: ">=2.11.0 <2.13.0", why: the series rccl-2-27 }
cooldown: 3
`;
const grammars: Record<string, GrammarName> = {
  torch: 'pep440',
  'torch-device': 'pep440',
  torchvision: 'pep440',
  torchaudio: 'pep440',
  apex: 'pep440',
  vllm: 'pep440',
  tool: 'semver',
};

test('reads rules, and finds nothing wrong with them', () => {
  const read = coherenceSchema.parse(parse(rules));
  expect(read.sets.rocm?.pairing?.rows[1]).toEqual({
    torch: '2.12',
    torchvision: '0.27',
    torchaudio: '2.11',
    apex: '1.12',
  });
  expect(checkCoherence(read, grammars)).toEqual([]);
  expect(coherenceSchema.parse({})).toEqual({ sets: {}, requirements: [], ranges: [], cooldown: 0 });
});

const bad = (change: (text: string) => string) =>
  coherenceSchema
    .safeParse(parse(change(rules)))
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

test.each([
  // Without its quotes 2.10 is the number 2.1.
  [
    'torch: "2.11", torchv',
    'torch: 2.10, torchv',
    'sets.rocm.pairing.rows.0.torch: Invalid input: expected string, received number',
  ],
  [
    'torch: "2.12", torchv',
    'torch: "2.11.1", torchv',
    'sets.rocm.pairing.rows.1: more than one row would serve torch 2.11.1',
  ],
  ['torch: "2.12", torchv', 'torchv', 'sets.rocm.pairing.rows.1: must name torch'],
  ['apex: "1.12"', 'triton: "3"', "sets.rocm.pairing.rows.1: triton is not among the set's members"],
  ['optional: [apex]', 'optional: [triton]', "sets.rocm.optional: triton is not among the set's members"],
  [
    'optional: [apex]',
    'optional: [torch, torch-device, torchvision, torchaudio, apex]',
    'sets.rocm.optional: must leave one member that carries the stamp',
  ],
  ['requirements:', '  other: { members: [apex] }\nrequirements:', 'sets.other: apex is in rocm too'],
  ['">=2.11.0 <2.13.0"', 'soon', 'ranges.0.versions: must be an npm range such as ">=7.12.0 <7.15.0"'],
  ['cooldown: 3', 'cooldown: -1', 'cooldown: Too small: expected number to be >=0'],
])('refuses %s → %s', (from, to, message) => {
  expect(bad((text) => text.replace(from, to))).toEqual([message]);
});

test('finds what names no source, and ranges that no grammar reads', () => {
  const read = coherenceSchema.parse({
    sets: { tool: { members: ['torch', 'triton'] } },
    requirements: [
      { when: 'vllm', versions: '0.27.x', needs: { tool: '>=1 <2', torch: '^2.11' } },
      { when: 'nobody', needs: { constructor: '>=1' } },
    ],
    ranges: [{ source: 'sdk', versions: '7.x', why: 'tests' }],
  });
  expect(checkCoherence(read, grammars).map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
    'sets.tool.members.1: triton is no source with versions to choose from',
    'sets.tool: tool is the name of a source too',
    'requirements.0.versions: 0.27.x is no range of pep440 versions',
    'requirements.0.needs.torch: ^2.11 is no range of pep440 versions',
    'requirements.1.versions: nobody is no source with versions to choose from',
    'requirements.1.needs.constructor: constructor is no source with versions to choose from',
    'ranges.0.source: sdk is no source with versions to choose from',
  ]);
});

test('reads known-bad.yaml', () => {
  const link = 'https://github.com/ROCm/TheRock/issues/1';
  const list = [
    { stamp: '7.15.0a20260630', reason: 'hangs', link },
    { source: 'torch', stamp: '7.15.0a20260701', reason: 'hangs' },
    { source: 'torch', versions: '==2.12.0', reason: 'wrong results' },
  ];
  expect(knownBadSchema.parse(list)).toEqual(list);
  expect(checkKnownBad(knownBadSchema.parse(list), grammars)).toEqual([]);
  const wrong = [
    { source: 'triton', versions: '==3.0', reason: 'x' },
    { source: 'torch', versions: '3.0', reason: 'x' },
  ];
  expect(checkKnownBad(wrong, grammars).map(({ message }) => message)).toEqual([
    'triton is no source with versions to choose from',
    '3.0 is no range of pep440 versions',
  ]);
});

test.each([
  { reason: 'nothing named' },
  { source: 'torch', reason: 'no version' },
  { versions: '==2.12.0', reason: 'no source' },
  { source: 'torch', versions: '==2.12.0', stamp: '7.14.0', reason: 'both' },
  { stamp: 'latest', reason: 'no stamp' },
  { stamp: '7.14.0', reason: '' },
  { stamp: '7.14.0', reason: 'x', link: 'javascript:alert(1)' },
])('refuses as known-bad %j', (entry) => {
  expect(knownBadSchema.safeParse([entry]).success).toBe(false);
});
