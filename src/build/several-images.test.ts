import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ContractFailed } from '../model/error.ts';
import type { PlannedImage } from '../plan/graph.ts';
import { label } from '../plan/labels.ts';
import type { ReportEvent } from '../report/event.ts';
import { eventLines } from '../report/lines.ts';
import { buildOn, chain, type World } from './fixtures.ts';
import { readLayerRecord } from './layer-records.ts';

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'halobox-build-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true }));

const build = (there: readonly string[], exported: string, world?: World) =>
  buildOn(stateFolder, there, exported, world);

/** Two images with a base and tools in common; each has its own end, and `two` another `more` than `one`. */
const shared = [['base'], ['tools', 'base']];
const two: PlannedImage[] = [
  { image: 'one', recipes: chain(...shared, ['more/1', 'base'], ['end/1', 'tools', 'more/1']) },
  { image: 'two', recipes: chain(...shared, ['more/2', 'base'], ['end/2', 'tools', 'more/2']) },
];
const apart = { images: two };
const said = (events: readonly ReportEvent[], wanted: ReportEvent['event']) =>
  events.flatMap((event) => (event.event === wanted ? [eventLines(event)] : []));

test('several images: what they share is built once, and is a record of each; each is released', async () => {
  const { did, released, failed, failure, events, labels } = await build([], '', apart);
  expect(did.toSorted()).toEqual([
    ...['base', 'end/1', 'end/2', 'more/1', 'more/2', 'tools'].map((layer) => `build ref-${layer}`),
    'tag one:1.0.0',
    'tag two:1.0.0',
  ]);
  expect([[...released.keys()], [...failed], failure]).toEqual([['one', 'two'], [], undefined]);
  for (const image of ['one', 'two'])
    expect(readLayerRecord(stateFolder, image, 'tools')?.key).toBe(two[0]!.recipes[1]!.key);
  // A layer says nothing of the images that have it.
  for (const layer of ['ref-end/2', 'ref-tools'])
    expect(Object.keys(labels.get(layer)!)).toEqual([label.layer, label.key, label.chain]);
  expect(said(events, 'plan')).toEqual([
    'plan      one 1.0.0, two 1.0.0: build base, tools, one/more, one/end, two/more, two/end',
  ]);
  expect(said(events, 'layers')[0]?.replaceAll(/ in \d.*/g, '')).toBe(
    [
      'layers    base      one, two  built',
      '          tools     one, two  built',
      '          one/more  one       built',
      '          one/end   one       built',
      '          two/more  two       built',
      '          two/end   two       built',
    ].join('\n'),
  );
  expect(said(events, 'done')).toEqual([
    expect.stringMatching(/^done {6}one: 4 built, 0 reused in /),
    expect.stringMatching(/^done {6}two: 4 built, 0 reused in /),
  ]);
});

test('a layer that fails keeps back its image; the other one is released with --keep-going alone', async () => {
  const there = ['base', 'tools', 'more/2', 'end/2'];
  const stops = await build(there, '', { ...apart, fails: ['more/1'] });
  expect(stops.did).toEqual(['build ref-more/1']);
  expect([...stops.failed]).toEqual([
    ['one', 'layer one/more: a step failed'],
    ['two', 'another failure came before it; --keep-going goes on after one'],
  ]);
  const goesOn = await build(there, '', { ...apart, fails: ['more/1'], keepGoing: true });
  expect(goesOn.did).toEqual(['build ref-more/1', 'tag two:1.0.0']);
  expect([...goesOn.failed.keys()]).toEqual(['one']);
  expect([...goesOn.released.keys()]).toEqual(['two']);
  expect(goesOn.failure).toMatchObject({ exitCode: 6, message: 'layer one/more: a step failed' });
  expect(said(goesOn.events, 'layers')[0]).toMatch(/one\/end +one +skipped, because of one\/more\n/);
});

test('a shared layer that fails keeps back both, with one cause', async () => {
  const { did, failed } = await build([], '', { ...apart, fails: ['tools'], keepGoing: true });
  expect(did.toSorted()).toEqual([
    'build ref-base',
    'build ref-more/1',
    'build ref-more/2',
    'build ref-tools',
  ]);
  expect([...failed.values()]).toEqual(['layer tools: a step failed', 'layer tools: a step failed']);
});

test('an image past its budget keeps back those after it, but not with --keep-going', async () => {
  const stops = await build([], '', { ...apart, budgets: { one: 0 } });
  expect([...stops.failed.keys()]).toEqual(['one', 'two']);
  const goesOn = await build([], '', { ...apart, budgets: { one: 0 }, keepGoing: true });
  expect([...goesOn.released.keys()]).toEqual(['two']);
  expect(goesOn.failure).toMatchObject({ exitCode: 5 });
});

test('the failure is the first that came, whatever the order of the images', async () => {
  const world = { ...apart, keepGoing: true, fails: ['more/2'], budgets: { one: 0 } };
  const { failed, failure } = await build([], '', world);
  expect([...failed.keys()]).toEqual(['one', 'two']);
  expect(failure).toMatchObject({ exitCode: 6 });
});

const withRccl = [['base'], ['rccl', 'base'], ['torch', 'rccl']];
const both: PlannedImage[] = [
  { image: 'one', recipes: chain(...withRccl, ['end/1', 'torch']) },
  { image: 'two', recipes: chain(...withRccl, ['end/2', 'torch']) },
];

test('a library is checked once where images demand the same of it, and for each that demands more', async () => {
  const reads = async (world: World) =>
    (await build([], 'ncclSend', { images: both, ...world })).did.filter((one) => one.startsWith('read'));
  expect(await reads({})).toHaveLength(1);
  expect(await reads({ symbols: { two: ['ncclSend', 'ncclSend'] } })).toHaveLength(2);
  const symbols = { two: ['ncclRecv'] };
  const { did, failure } = await build([], 'ncclSend', { images: both, symbols, keepGoing: true });
  expect(failure).toBeInstanceOf(ContractFailed);
  // What is there with the library in it was held against all that its images demand.
  expect(did).not.toContain('build ref-torch');
});
