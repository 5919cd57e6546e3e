import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { assembleImage } from '../assemble/assemble-image.ts';
import { layerTar } from '../assemble/fixtures.ts';
import { chainIds } from '../assemble/layer-chain.ts';
import type { Engine } from '../engine/engine.ts';
import { type Assembly, belowFinal } from '../plan/assembly.ts';
import { TestEngine } from '../registry/engine-fixtures.ts';
import { sha256 } from '../registry/fixtures.ts';
import type { ReportEvent } from '../report/event.ts';
import { assembleAhead } from './assemble-ahead.ts';

/** base ← tools ← app, which copies from rccl. */
const assembly: Assembly = {
  image: 'demo',
  key: 'k',
  reference: 'localhost/halobox/demo:k',
  final: { key: 'app', reference: 'app' },
  chain: ['base', 'tools', 'app'].map((layer) => ({ layer, key: layer, reference: layer })),
  layers: [
    { layer: 'base', level: 0, outputs: [] },
    { layer: 'tools', level: 0, outputs: [] },
    { layer: 'rccl', level: 0, outputs: ['/usr/lib/librccl.so'] },
    { layer: 'app', level: 1, outputs: [] },
  ],
  parts: 40,
  labels: { 'io.halobox.image': 'demo', 'io.halobox.key': 'k' },
  created: new Date(0),
};
const below = belowFinal(assembly)!.reference;
const layers = (...names: string[]) => names.map((key) => ({ key, images: ['demo'] }));
const [tools] = layers('tools') as [ReturnType<typeof layers>[0]];

let cache: string;
let steps: Buffer[];
let engine: TestEngine;
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'halobox-ahead-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  steps = await Promise.all([
    // Who owns a file tells dpkg's list.
    layerTar({
      'var/lib/dpkg/info/libc6.list': '/.\n/usr\n/usr/lib\n/usr/lib/libc.so.6\n',
      'usr/lib/libc.so.6': { content: Buffer.alloc(5 * 2 ** 20) },
      'etc/ld.so.cache': 'libc',
      'etc/fstab': '',
    }),
    layerTar({ 'usr/bin/ping': 'ping' }),
    layerTar({ 'usr/lib/librccl.so': 'rccl', 'etc/ld.so.cache': 'libc, rccl' }),
  ]);
  engine = new TestEngine('docker-25');
  engine.leavesOut = 'lowest';
  engine.add('base', 'base', steps.slice(0, 1));
  engine.add('tools', 'tools', steps.slice(0, 2), { config: { Labels: told(1) } });
});

/** What a layer that stands on so many others tells of them. */
function told(count: number): Record<string, string> {
  const ids = chainIds(steps.map(sha256));
  return { 'io.halobox.chain': JSON.stringify(ids.slice(0, count)) };
}

function begin(on = engine.engine, ...others: Assembly[]) {
  const events: ReportEvent[] = [];
  const reporter = { report: (event: ReportEvent) => void events.push(event), close() {} };
  const assemblies = new Map([assembly, ...others].map((one) => [one.image, one]));
  const { signal } = new AbortController();
  const ahead = assembleAhead(on, assemblies, cache, reporter, signal);
  const assemble = () => {
    engine.add('app', 'app', steps, { config: { Labels: told(2) } });
    engine.saves = 0;
    return assembleImage(engine.engine, assembly, { cache, read: ahead.read, signal });
  };
  return { ahead, events, assemble };
}

const workFolders = () => (existsSync(join(cache, 'assembly')) ? readdirSync(join(cache, 'assembly')) : []);

test('a release finds the parts that were there before its last layers, and reads their contents no second time', async () => {
  const { ahead, events, assemble } = begin();
  ahead.built(tools, layers('rccl', 'app'));
  await turn();
  await ahead.end(true);
  expect(events).toMatchObject([
    { event: 'note', text: expect.stringMatching(/^demo: put together as far as tools in /) },
  ]);
  expect(engine.tags.has(below)).toBe(true);
  expect([...ahead.read.keys()]).toEqual(steps.slice(0, 2).map(sha256));
  const made = await assemble();
  expect(made.layers.map(({ name }) => name)).toEqual(['base/libc6', 'base', 'tools', 'rccl', 'app']);
  // All but the lowest: what nobody owns in base has lost a file to the last layer.
  expect([engine.saves, engine.sent]).toEqual([1, 4]);
  await ahead.close(['demo']);
  expect([engine.tags.has(below), engine.tags.has(assembly.reference)]).toEqual([false, true]);
  expect(workFolders()).toEqual([]);
  // The same as in one go.
  engine.images.clear();
  const alone = begin();
  expect(await alone.assemble()).toEqual(made);
  expect(engine.sent).toBe(5);
});

test.each([
  ['only the last layer is still to be built', tools, ['app'], 'lowest'],
  ['the last layer does not stand on it', { key: 'rccl', images: ['demo'] }, ['tools', 'app'], 'lowest'],
  ['there is another one between', { key: 'base', images: ['demo'] }, ['tools', 'app'], 'lowest'],
  ['the last layer is there already', tools, ['rccl'], 'lowest'],
  ['it is of another image', { key: 'tools', images: [] }, ['rccl', 'app'], 'lowest'],
  ['the engine wants all parts at once', tools, ['rccl', 'app'], 'none'],
] as const)('nothing begins where %s', async (_, layer, open, leavesOut) => {
  engine.leavesOut = leavesOut;
  const { ahead } = begin();
  ahead.built(layer, layers(...open));
  await turn();
  await ahead.end(true);
  expect(engine.saves).toBe(0);
  await ahead.close([]);
});

test('nothing begins any more once all layers are built, and what runs is stopped where it is of no use', async () => {
  const begun = Promise.withResolvers<void>();
  let saves = 0;
  const { engine: whole } = engine;
  const stuck: Engine = {
    ...whole,
    saveImage: async (_, signal) => {
      saves += 1;
      begun.resolve();
      return addAbortSignal(signal, new Readable({ read() {} }));
    },
  };
  const other = { ...assembly, image: 'other', key: 'o' };
  const { ahead, events } = begin(stuck, other);
  ahead.built({ key: 'tools', images: ['demo', 'other'] }, [
    ...layers('rccl', 'app'),
    { key: 'app', images: ['other'] },
    { key: 'x', images: ['other'] },
  ]);
  await begun.promise;
  await ahead.end(false);
  await ahead.close([]);
  expect([saves, events, workFolders()]).toEqual([1, [], []]);
});

test('what fails or is stopped is nobody’s failure, leaves nothing, and the release comes out the same', async () => {
  const failing = begin();
  engine.loaded = () => {
    throw new Error('no space left on device');
  };
  failing.ahead.built(tools, layers('rccl', 'app'));
  await turn();
  await failing.ahead.end(true);
  expect([failing.events, engine.tags.has(below)]).toEqual([[], false]);
  engine.loaded = (image) => image;
  const made = await failing.assemble();
  await failing.ahead.close(['demo']);

  engine.images.clear();
  engine.add('tools', 'tools', steps.slice(0, 2), { config: { Labels: told(1) } });
  const stopped = begin();
  stopped.ahead.built(tools, layers('rccl', 'app'));
  await stopped.ahead.close([]);
  expect([stopped.events, engine.tags.has(below), workFolders()]).toEqual([[], false, []]);
  expect(await begin().assemble()).toEqual(made);
});

test('an image that is not released keeps its parts, from which the next build goes on', async () => {
  const { ahead } = begin();
  ahead.built(tools, layers('rccl', 'app'));
  await turn();
  await ahead.end(true);
  await ahead.close([]);
  expect([engine.tags.has(below), workFolders()]).toEqual([true, []]);
  const next = begin();
  next.ahead.built({ key: 'rccl', images: ['demo'] }, layers('app'));
  await next.assemble();
  expect(engine.sent).toBe(4);
  await next.ahead.close(['demo']);
  expect(engine.tags.has(below)).toBe(false);
});
