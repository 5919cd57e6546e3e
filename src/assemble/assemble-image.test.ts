import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { Interrupted } from '../model/error.ts';
import type { Assembly } from '../plan/assembly.ts';
import { type Dialect, TestEngine } from '../registry/engine-fixtures.ts';
import { sha256 } from '../registry/fixtures.ts';
import { assembleImage } from './assemble-image.ts';
import { layerTar } from './fixtures.ts';
import { chainIds } from './layer-chain.ts';

const assembly: Assembly = {
  image: 'demo',
  key: 'k',
  reference: 'localhost/halobox/demo:k',
  final: { key: 'f', reference: 'final' },
  chain: [
    { layer: 'base', key: 'b', reference: 'base' },
    { layer: 'tools', key: 't', reference: 'tools' },
    { layer: 'app', key: 'f', reference: 'final' },
  ],
  layers: [
    { layer: 'tools', level: 0, outputs: [] },
    { layer: 'base', level: 1, outputs: [] },
    { layer: 'app', level: 2, outputs: [] },
  ],
  parts: 40,
  labels: { 'io.halobox.key': 'k' },
  created: new Date(0),
};

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'halobox-assemble-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
});

/** An engine with an image of three halobox layers, two of them of two steps. @param told the last one tells of the others. */
async function engineWith(dialect: Dialect, mtime: Date, told = true): Promise<TestEngine> {
  const at = (content: string) => ({ content, mtime, mode: 0o644 });
  const steps = await Promise.all([
    layerTar({ 'etc/os-release': at('trixie'), 'usr/bin/sh': { ...at('sh'), mode: 0o755 } }),
    layerTar({ 'etc/passwd': at('root') }),
    layerTar({ 'usr/bin/ping': at('ping') }),
    layerTar({ 'usr/bin/app': at('app'), 'etc/passwd': at('root, render') }),
    layerTar({ 'usr/bin/.wh.ping': '' }),
  ]);
  const engine = new TestEngine(dialect);
  engine.add('base', 'b', steps.slice(0, 2));
  engine.add('tools', 't', steps.slice(0, 3));
  const chain = JSON.stringify([2, 3].map((count) => chainIds(steps.map(sha256))[count - 1]));
  const labels = { 'io.halobox.layer': 'app', ...(told && { 'io.halobox.chain': chain }) };
  engine.add('final', 'f', steps, { config: { Cmd: ['sh'], Labels: labels } });
  return engine;
}

const options = () => ({ cache, signal: new AbortController().signal });

test('every engine gives the same image, whenever its layers were built', async () => {
  const dialects: Dialect[] = ['docker-24', 'docker-25', 'containerd', 'podman'];
  const ids = new Set<string>();
  for (const [index, dialect] of dialects.entries()) {
    const engine = await engineWith(dialect, new Date(1_700_000_000_000 + index * 1000));
    const { id, layers } = await assembleImage(engine.engine, assembly, options());
    expect(engine.tags.get(assembly.reference)).toBe(id);
    // ping was all that tools brought, and it is gone.
    expect(layers.map(({ name }) => name)).toEqual(['base', 'app']);
    ids.add(id);
  }
  expect(ids.size).toBe(1);
  expect(readdirSync(join(cache, 'assembly'))).toEqual([]);
});

test('layers below that are not on the engine, or not told of, divide the image no other way', async () => {
  const released = async (told: boolean, ...gone: string[]) => {
    const engine = await engineWith('docker-25', new Date(0), told);
    for (const reference of gone) engine.tags.delete(reference);
    return (await assembleImage(engine.engine, assembly, options())).id;
  };
  const id = await released(true);
  expect(await released(true, 'base', 'tools')).toBe(id);
  expect(await released(false)).toBe(id);
  await expect(released(false, 'tools')).rejects.toMatchObject({ exitCode: 6 });
});

test('what changed in one layer leaves the others as they were', async () => {
  const engine = await engineWith('podman', new Date(0));
  const before = await assembleImage(engine.engine, assembly, options());
  const final = engine.images.get(engine.tags.get('final')!)!;
  const layers = [...final.layers, await layerTar({ 'usr/bin/app': 'new' })];
  engine.add('final', 'f', layers);
  const after = await assembleImage(engine.engine, assembly, options());
  expect(after.layers[0]).toEqual(before.layers[0]);
  expect(after.layers[1]?.diffId).not.toBe(before.layers[1]?.diffId);
});

test.each(['lowest', 'any'] as const)(
  'contents of a large layer are read again only when they are needed (%s)',
  async (leavesOut) => {
    const engine = new TestEngine('podman');
    engine.leavesOut = leavesOut;
    const large = { content: Buffer.alloc(17 * 2 ** 20), mode: 0o644 };
    const base = await layerTar({ 'usr/lib/large': large, 'etc/small': 'small' });
    engine.add('base', 'b', [base]);
    const labels = { 'io.halobox.image': 'demo' };
    const chain = assembly.chain.filter(({ layer }) => layer !== 'tools');
    const release = async (app: string, outputs: string[] = []) => {
      engine.add('final', 'f', [base, await layerTar({ 'usr/bin/app': app })]);
      engine.saves = 0;
      const layers = assembly.layers.map((one) => (one.layer === 'tools' ? { ...one, outputs } : one));
      const { id } = await assembleImage(engine.engine, { ...assembly, labels, chain, layers }, options());
      return { id, saves: engine.saves, sent: engine.sent };
    };
    expect(await release('1')).toMatchObject({ saves: 1, sent: 2 });
    const second = await release('2');
    expect(second).toMatchObject({ saves: 1, sent: 1 });
    // What is large goes without what is small now, into a part that nobody has.
    const moved = await release('3', ['/etc/small']);
    expect(moved).toMatchObject({ saves: 2, sent: 3 });
    // The engine has not what it told of.
    for (const [id, image] of engine.images)
      if (id !== moved.id) engine.images.set(id, { ...image, layers: [] });
    engine.images.delete(moved.id);
    expect(await release('2')).toEqual({ ...second, saves: 2, sent: 2 });
  },
);

test('an engine that takes parts from anywhere is sent what no image has, wherever it lies', async () => {
  const engine = await engineWith('podman', new Date(0));
  engine.leavesOut = 'any';
  const { layers } = engine.images.get(engine.tags.get('tools')!)!;
  const release = async (image: string, tools: string) => {
    // Both come with one layer, which is another one when either is.
    engine.add('final', 'f', [...layers, await layerTar({ 'usr/bin/tool': tools, 'usr/bin/app': 'app' })]);
    const divided = assembly.layers.map((one) =>
      one.layer === 'tools' ? { ...one, outputs: ['/usr/bin/tool'] } : one,
    );
    const labels = { 'io.halobox.image': image };
    return assembleImage(engine.engine, { ...assembly, image, labels, layers: divided }, options());
  };
  const first = await release('demo', '1');
  expect([engine.sent, first.layers.map(({ name }) => name)]).toEqual([3, ['tools', 'base', 'app']]);
  // The lowest one changed, and another image has the others.
  const second = await release('other', '2');
  expect(engine.sent).toBe(1);
  expect(second.layers.slice(1)).toEqual(first.layers.slice(1));
  expect(engine.images.get(second.id)?.layers.map(sha256)).toEqual(second.layers.map(({ diffId }) => diffId));
});

test('an engine that has the lowest parts is sent the others, and all when they are gone', async () => {
  const engine = await engineWith('podman', new Date(0));
  engine.leavesOut = 'lowest';
  const release = async (app: string) => {
    const { layers } = engine.images.get(engine.tags.get('tools')!)!;
    engine.add('final', 'f', [...layers, await layerTar({ 'usr/bin/app': app })]);
    const labels = { 'io.halobox.image': 'demo' };
    return assembleImage(engine.engine, { ...assembly, labels }, options());
  };
  const first = await release('1');
  expect(engine.sent).toBe(3);
  const second = await release('2');
  expect(engine.sent).toBe(1);
  expect(second.layers.slice(0, 2)).toEqual(first.layers.slice(0, 2));
  // What the store has not, though an image tells of it.
  const whole = engine.images.get(second.id)!;
  engine.images.clear();
  engine.images.set(second.id, { ...whole, layers: [] });
  const again = await engineWith('podman', new Date(0));
  for (const [id, image] of again.images) engine.images.set(id, image);
  const third = await release('3');
  expect(engine.sent).toBe(3);
  expect(engine.images.get(third.id)?.layers.map(sha256)).toEqual(third.layers.map(({ diffId }) => diffId));
});

test('a part is known again by its files, whatever the times of its folders, and what is remembered wrongly is mended', async () => {
  const engine = await engineWith('podman', new Date(0));
  const { layers } = engine.images.get(engine.tags.get('final')!)!;
  const release = async (seconds: number) => {
    const touched = { type: 'directory', mtime: new Date(seconds * 1000) } as const;
    engine.add('final', 'f', [...layers, await layerTar({ 'usr/': touched })]);
    return assembleImage(engine.engine, assembly, options());
  };
  const first = await release(1);
  const remembered = () => readdirSync(join(cache, 'parts'));
  const before = remembered();
  expect(await release(2)).toEqual(first);
  expect(remembered()).toEqual(before);
  for (const name of before) {
    const wrong = { diffId: `sha256:${'0'.repeat(64)}`, size: 1 };
    writeFileSync(join(cache, 'parts', name), JSON.stringify(wrong));
  }
  expect(await release(3)).toEqual(first);
  expect(await release(4)).toEqual(first);
});

test('an interruption and a refused load leave no name and no files', async () => {
  const engine = await engineWith('podman', new Date(0));
  const stop = new AbortController();
  stop.abort();
  const stopped = assembleImage(engine.engine, assembly, { ...options(), signal: stop.signal });
  await expect(stopped).rejects.toThrow(Interrupted);
  engine.loaded = (image) => ({ ...image, layers: image.layers.toReversed() });
  await expect(assembleImage(engine.engine, assembly, options())).rejects.toThrow('invalid diffID');
  expect(engine.tags.has(assembly.reference)).toBe(false);
  expect(existsSync(join(cache, 'assembly')) ? readdirSync(join(cache, 'assembly')) : []).toEqual([]);
});
