import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { EngineError, Interrupted } from '../model/error.ts';
import type { ReportEvent } from '../report/event.ts';
import { type Dialect, TestEngine } from './engine-fixtures.ts';
import { sha256, TestRegistry } from './fixtures.ts';
import { openLayerCache } from './layer-cache.ts';
import type { Registry } from './open-registry.ts';

const key = 'c'.repeat(64);
const recipe = { layer: 'rccl', key, reference: `localhost/halobox/rccl:${key}` };
const tag = `team/cache:rccl-${key}`;
/** More than a document may have, so that it is handled as a stream. */
const tall = Buffer.concat([Buffer.from('tall/'), Buffer.alloc(507), randomBytes(5 * 2 ** 20)]);
const flat = Buffer.alloc(1024);
const { signal } = new AbortController();

let server: TestRegistry;
let events: ReportEvent[];
beforeEach(async () => {
  server = await TestRegistry.start();
  events = [];
});

type Opened = Registry & { cache: string };

function cacheOf({ from = [], to = [] }: { from?: Opened[]; to?: Opened[] }) {
  const cache = [...from, ...to][0]!.cache;
  const report = (event: ReportEvent) => void events.push(event);
  return openLayerCache({ from, to, keyLabel: 'io.halobox.key', cache, report });
}

const notes = () => events.flatMap((event) => (event.event === 'note' ? [event.text] : []));

/** Puts an image under the recipe's key as an engine of this dialect has it. @returns the image id. */
async function fill(dialect?: Dialect, layers = [flat, tall], more?: object): Promise<string> {
  const engine = new TestEngine(dialect);
  const id = engine.add(recipe.reference, key, layers, more);
  await cacheOf({ to: [server.open()] }).store(recipe, engine.engine, signal);
  expect(notes()).toEqual([]);
  return id;
}

/** What a machine that has nothing gets. */
async function fetch(engine = new TestEngine()) {
  const cache = cacheOf({ from: [server.open()] });
  const fetched = await cache.fetch(recipe, engine.engine, signal);
  return { fetched: fetched !== undefined, engine, cache };
}

describe.each(['docker-24', 'docker-25', 'containerd', 'podman'] as const)('saved by %s', (dialect) => {
  test('goes to the registry and comes back as it was', async () => {
    const id = await fill(dialect);
    const { fetched, engine, cache } = await fetch();
    expect(notes()).toEqual([]);
    expect(fetched).toBe(true);
    expect(engine.tags.get(recipe.reference)).toBe(id);
    expect(engine.images.get(id)?.layers.map(sha256)).toEqual([flat, tall].map(sha256));
    expect(await cache.has(recipe, signal)).toMatch(/^127\.0\.0\.1:\d+\/team\/cache$/);
    expect(events.map(({ event }) => event)).toEqual(['layer-stored', 'layer-fetched']);
  });

  test('one layer twice', async () => {
    const id = await fill(dialect, [tall, flat, tall]);
    const { engine } = await fetch();
    expect(engine.images.get(id)?.layers).toHaveLength(3);
  });
});

test('what is there is not saved again, and nothing is left behind', async () => {
  const registry = server.open();
  const cache = cacheOf({ to: [registry] });
  const engine = new TestEngine();
  engine.add(recipe.reference, key, [flat, tall]);
  await cache.store(recipe, engine.engine, signal);
  await cache.store(recipe, engine.engine, signal);
  expect(engine.saves).toBe(1);
  expect(readdirSync(join(registry.cache, 'layers')).filter((name) => !name.endsWith('.json'))).toEqual([]);
});

test('a child’s push sends its own layer only, and to another repository none', async () => {
  const registry = server.open();
  const cache = cacheOf({ to: [registry] });
  const engine = new TestEngine();
  engine.add(recipe.reference, key, [flat, tall]);
  await cache.store(recipe, engine.engine, signal);
  const { received } = server;
  const child = { layer: 'vllm', key: 'd'.repeat(64), reference: 'vllm' };
  engine.add(child.reference, child.key, [flat, tall, Buffer.alloc(2048, 'x')]);
  await cache.store(child, engine.engine, signal);
  expect(server.received - received).toBeLessThan(2000);
});

test('layers that came from one repository are mounted into another', async () => {
  await fill();
  const from = server.open();
  const to = Object.assign(server.open('team/mine', undefined, { cache: from.cache }));
  const cache = cacheOf({ from: [from], to: [to] });
  const { engine } = new TestEngine();
  expect(await cache.fetch(recipe, engine, signal)).toMatch(/\/team\/cache$/);
  const { received } = server;
  await cache.store(recipe, engine, signal);
  expect(notes()).toEqual([]);
  expect(server.manifests.has(`team/mine:rccl-${key}`)).toBe(true);
  // The config, and the manifest, which is not counted.
  expect(server.received - received).toBeLessThan(1000);
});

test('not there: no note, and the next cache is asked', async () => {
  const other = await TestRegistry.start();
  await fill();
  const cache = cacheOf({ from: [other.open(), server.open()] });
  expect(await cache.fetch(recipe, new TestEngine().engine, signal)).toMatch(/\/team\/cache$/);
  expect(
    await cache.fetch({ ...recipe, key: 'd'.repeat(64) }, new TestEngine().engine, signal),
  ).toBeUndefined();
  expect(notes()).toEqual([]);
});

test('an index with an image for linux/amd64 will do', async () => {
  await fill();
  const { bytes, type } = server.manifests.get(tag)!;
  const entry = (architecture: string, digest: string) => ({
    mediaType: type,
    digest,
    size: bytes.length,
    platform: { os: 'linux', architecture },
  });
  const index = (...manifests: object[]) => ({
    bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })),
    type: 'application/vnd.oci.image.index.v1+json',
  });
  server.manifests.set(tag, index(entry('arm64', sha256('')), entry('amd64', sha256(bytes))));
  expect((await fetch()).fetched).toBe(true);
  server.manifests.set(tag, index(entry('arm64', sha256(bytes))));
  expect((await fetch()).fetched).toBe(false);
  expect(notes()).toEqual([expect.stringMatching(/no image for linux\/amd64/)]);
});

/** The digest of the larger layer's blob. */
const largest = () => [...server.blobs].sort(([, a], [, b]) => b.length - a.length)[0]![0];

function changeManifest(change: (document: { layers: object[]; config: object }) => void): void {
  const { bytes, type } = server.manifests.get(tag)!;
  const document = JSON.parse(bytes.toString());
  change(document);
  server.manifests.set(tag, { bytes: Buffer.from(JSON.stringify(document)), type });
}

test.each([
  [
    'other bytes of a layer',
    () => void server.blobs.get(largest())!.fill(0),
    /sha256 [0-9a-f]{64} instead of/,
  ],
  [
    'a layer that is missing',
    () => void server.repositories.get('team/cache')!.delete(largest()),
    /BLOB_UNKNOWN/,
  ],
  [
    'a layer that is cut off',
    () => void server.blobs.set(largest(), server.blobs.get(largest())!.subarray(0, 1000)),
    /1000 bytes instead of/,
  ],
  [
    'a config of other bytes',
    () => {
      for (const bytes of server.blobs.values()) if (bytes[0] === 0x7b) bytes.write('  ', bytes.length - 3);
    },
    /its bytes are/,
  ],
  [
    'a manifest that is none',
    () => void server.manifests.set(tag, { bytes: Buffer.from('{"a":1}'), type: 'x' }),
    /none of an image/,
  ],
  [
    'a manifest of garbage',
    () => void server.manifests.set(tag, { bytes: Buffer.from('<html>'), type: 'x' }),
    /none of an image/,
  ],
  ['too few layers', () => changeManifest(({ layers }) => void layers.pop()), /1 of 2 layers/],
  [
    'a layer of another kind',
    () => changeManifest(({ layers }) => void Object.assign(layers[0]!, { mediaType: 'a/b' })),
    /of another kind: a\/b/,
  ],
  ['layers in another order', () => changeManifest(({ layers }) => void layers.reverse()), /invalid diffID/],
] satisfies [string, () => void, RegExp][])(
  '%s: not used, named once, and left alone',
  async (_, harm, words) => {
    await fill();
    harm();
    const { fetched, cache, engine } = await fetch();
    expect(fetched).toBe(false);
    expect(engine.tags.size).toBe(0);
    expect(notes()).toEqual([expect.stringMatching(words)]);
    expect(notes()[0]).toContain(`cache ${server.host}/team/cache is not used: layer rccl: `);
    const { length } = server.asked;
    expect(await cache.fetch(recipe, engine.engine, signal)).toBeUndefined();
    expect(server.asked).toHaveLength(length);
    expect(notes()).toHaveLength(1);
  },
);

test.each([
  [
    'another key',
    { config: { Labels: { 'io.halobox.key': 'e'.repeat(64) } } },
    /label io\.halobox\.key is e{64}/,
  ],
  ['no key', { config: {} }, /label io\.halobox\.key is missing/],
  ['another architecture', { architecture: 'arm64' }, /not for linux\/amd64/],
])('an image with %s under this tag', async (_, more, words) => {
  const engine = new TestEngine();
  const other = { ...recipe, key: 'd'.repeat(64) };
  engine.add(other.reference, other.key, [flat]);
  const registry = server.open();
  await cacheOf({ to: [registry] }).store(other, engine.engine, signal);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Labels: { 'io.halobox.key': key } },
      rootfs: { diff_ids: [sha256(flat)] },
      ...more,
    }),
  );
  const { bytes, type } = server.manifests.get(`team/cache:rccl-${other.key}`)!;
  server.manifests.set(tag, { bytes, type });
  changeManifest((document) =>
    Object.assign(document.config, { digest: server.add('team/cache', config), size: config.length }),
  );
  expect((await fetch()).fetched).toBe(false);
  expect(notes()).toEqual([expect.stringMatching(words)]);
});

test('what the engine makes of it has another key', async () => {
  await fill();
  const engine = new TestEngine();
  engine.loaded = ({ config, layers }) => ({
    config: Buffer.from(config.toString().replaceAll(key, 'f'.repeat(64))),
    layers,
  });
  expect((await fetch(engine)).fetched).toBe(false);
  expect(engine.tags.size).toBe(0);
  expect(notes()).toEqual([expect.stringMatching(/the loaded image has f{64}/)]);
});

test.each([500, 429, 401])('%i: not used, not filled, and no build fails', async (status) => {
  server.fault = (_, response) => Boolean(response.writeHead(status).end());
  const { fetched } = await fetch();
  expect(fetched).toBe(false);
  const engine = new TestEngine();
  engine.add(recipe.reference, key, [flat]);
  const cache = cacheOf({ to: [server.open()] });
  await cache.store(recipe, engine.engine, signal);
  await cache.store(recipe, engine.engine, signal);
  expect(notes()).toEqual([
    expect.stringMatching(new RegExp(`is not used: .*status ${status}`)),
    expect.stringMatching(new RegExp(`is not filled: .*status ${status}`)),
  ]);
});

test('a push that was cut leaves no name behind, and the next one repairs what is wrong there', async () => {
  server.fault = ({ method, url }, response) =>
    method === 'PUT' && url!.includes('/manifests/') && Boolean(response.writeHead(403).end());
  const engine = new TestEngine();
  engine.add(recipe.reference, key, [flat, tall]);
  await cacheOf({ to: [server.open()] }).store(recipe, engine.engine, signal);
  expect(notes()).toEqual([expect.stringMatching(/is not filled: .*403/)]);
  expect(server.manifests.size).toBe(0);
  server.fault = () => false;
  server.manifests.set(tag, { bytes: Buffer.from('{}'), type: 'x' });
  await cacheOf({ to: [server.open()] }).store(recipe, engine.engine, signal);
  expect((await fetch()).fetched).toBe(true);
});

test('an engine that saves something else, or breaks in the middle', async () => {
  const engine = new TestEngine();
  engine.add(recipe.reference, key, [flat, tall]);
  const cases: [Partial<typeof engine.engine>, RegExp][] = [
    [
      {
        saveImage: async () => {
          throw new EngineError({ what: 'no such image' });
        },
      },
      /no such image/,
    ],
    [
      {
        saveImage: async (...args) => {
          const all = await engine.engine.saveImage(...args);
          setImmediate(() => all.destroy(new Error('the line is dead')));
          return all;
        },
      },
      /the line is dead|Premature|closed/i,
    ],
  ];
  for (const [broken, words] of cases) {
    events = [];
    await cacheOf({ to: [server.open()] }).store(recipe, { ...engine.engine, ...broken }, signal);
    expect(notes()).toEqual([expect.stringMatching(words)]);
  }
  expect(server.manifests.size).toBe(0);
});

test('stops when told', async () => {
  await fill();
  const stop = new AbortController();
  server.fault = (_, response, path) => {
    if (!path.includes('/blobs/')) return false;
    stop.abort();
    return Boolean(response.writeHead(200, { 'content-length': 10 }).flushHeaders()) || true;
  };
  const cache = cacheOf({ from: [server.open('team/cache', undefined, { signal: stop.signal })] });
  await expect(cache.fetch(recipe, new TestEngine().engine, stop.signal)).rejects.toBeInstanceOf(Interrupted);
  expect(notes()).toEqual([]);
});
