import { expect, test } from 'vitest';
import { PatchConflict } from '../model/error.ts';
import type { Image } from '../model/image.ts';
import type { Verdict } from '../model/series.ts';
import { decidedImage, decideRccl, possibleDecisions } from './rccl-choice.ts';

const where = { file: 'image.yaml', line: 3, column: 11 };
const fix = (...verdicts: Verdict[]) => [
  { name: 'fix', verdicts: verdicts.map((verdict, index) => ({ id: `p${index}`, verdict })) },
];
const none: readonly string[] = [];

test.each([
  ['stock', fix('applies'), none, 'stock', 'image.yaml says so'],
  ['stock', [], ['fix'], 'stock', 'image.yaml says so'],
  [
    'patched',
    fix('applies', 'not-applicable'),
    none,
    'patched',
    'image.yaml says so (fix: 1 applies, 1 not-applicable)',
  ],
  ['patched', fix('applied'), none, 'patched', 'image.yaml says so (fix: 1 applied)'],
  ['patched', fix('upstream'), none, 'patched', 'image.yaml says so (fix: 1 upstream)'],
  [
    'auto',
    fix('upstream', 'applies', 'applies'),
    none,
    'patched',
    'the tree needs it (fix: 1 upstream, 2 applies)',
  ],
  ['auto', fix('applied'), none, 'patched', 'the tree needs it (fix: 1 applied)'],
  [
    'auto',
    fix('upstream', 'not-applicable'),
    none,
    'stock',
    'the tree needs no patch (fix: 1 upstream, 1 not-applicable)',
  ],
  ['auto', fix('not-applicable'), none, 'stock', 'the tree needs no patch (fix: 1 not-applicable)'],
  ['auto', [], none, 'stock', 'the source has no series'],
  ['auto', [], ['fix'], 'patched', 'built without patches, as asked (left out by hand: fix)'],
  [
    'auto',
    fix('upstream'),
    ['other'],
    'patched',
    'built without patches, as asked (fix: 1 upstream; left out by hand: other)',
  ],
  [
    'auto',
    fix('applies'),
    ['other'],
    'patched',
    'the tree needs it (fix: 1 applies; left out by hand: other)',
  ],
] as const)('%s, %j, left out %j: %s', (choice, series, leftOut, decided, why) => {
  expect(decideRccl(choice, series, leftOut, where)).toEqual({ decided, why });
});

test.each([
  ['patched', fix('not-applicable'), none, /no patch is meant for its tree/],
  ['patched', [], none, /no patch is meant for its tree/],
  ['patched', [], ['fix'], /no patch is meant for its tree/],
  ['patched', fix('applies', 'conflict'), none, /not every patch fits/],
  ['patched', fix('absent'), none, /not every patch fits/],
  ['auto', fix('applies', 'conflict'), none, /not every patch fits/],
] as const)('%s, %j, left out %j ends the build', (choice, series, leftOut, said) => {
  const decide = () => decideRccl(choice, series, leftOut, where);
  expect(decide).toThrow(PatchConflict);
  expect(decide).toThrow(said);
});

test('the refusal has the place, every verdict with its reason, and what was left out', () => {
  const series = [
    {
      name: 'fix',
      verdicts: [{ id: 'one', verdict: 'not-applicable', reason: 'it serves gfx1152, not gfx1151' }],
    },
  ] as const;
  try {
    decideRccl('patched', series, ['other'], where);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({
      exitCode: 4,
      facts: {
        where,
        detail: ['fix, one: not-applicable, it serves gfx1152, not gfx1151', 'other: left out by hand'],
        next: expect.stringContaining('rccl.choice'),
      },
    });
  }
});

const layer = (needs: string[], sources: string[] = []) => ({ needs, sources });
const image = {
  final: 'app',
  rccl: { choice: 'auto', source: 'rccl', layer: 'rccl' },
  sources: { rccl: {}, headers: {}, shared: {}, unused: {} },
  layers: {
    base: layer([]),
    toolchain: layer(['base'], ['headers', 'shared']),
    rccl: layer(['toolchain'], ['rccl']),
    tools: layer(['base'], ['shared']),
    app: layer(['tools', 'rccl']),
  },
} as unknown as Image;

test('stock drops the layer, what only it needed, and their sources', () => {
  const { layers, sources } = decidedImage(image, { decided: 'stock', why: '' });
  expect(Object.keys(layers)).toEqual(['base', 'tools', 'app']);
  expect(layers.app?.needs).toEqual(['tools']);
  expect(Object.keys(sources)).toEqual(['shared', 'unused']);
  expect(image.layers.app?.needs).toEqual(['tools', 'rccl']);
});

test('anything else leaves the image as it is', () => {
  expect(decidedImage(image, { decided: 'patched', why: '' })).toBe(image);
  expect(decidedImage(image, undefined)).toBe(image);
});

test('templates are tried with every decision that can come', () => {
  const tried = (choice?: string) =>
    possibleDecisions({ ...image, rccl: choice && { ...image.rccl, choice } } as Image).map(
      (one) => one?.decided,
    );
  expect(tried()).toEqual([undefined]);
  expect(tried('patched')).toEqual(['patched']);
  expect(tried('auto')).toEqual(['patched', 'stock']);
  expect(tried('stock')).toEqual(['patched', 'stock']);
});
