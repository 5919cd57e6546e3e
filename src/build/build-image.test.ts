import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogImage } from '../catalog/catalog.ts';
import { withSymbols } from '../contract/fixtures.ts';
import type { BuildRequest, Engine, ImageFacts } from '../engine/engine.ts';
import { ContractFailed } from '../model/error.ts';
import type { Image } from '../model/image.ts';
import { assemblyOf } from '../plan/assembly.ts';
import { label } from '../plan/labels.ts';
import type { Inputs, Recipe } from '../plan/recipe.ts';
import type { LayerCache } from '../registry/layer-cache.ts';
import type { ReportEvent } from '../report/event.ts';
import { buildImage } from './build-image.ts';

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'halobox-build-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true }));

const recipe = (layer: string, ...needs: string[]) =>
  ({
    layer,
    definition: { needs, network: 'none', outputs: [], changes: 'monthly' },
    after: needs,
    key: `k-${layer}`,
    inputs: { parents: Object.fromEntries(needs.map((need) => [need, `k-${need}`])) },
    reference: `ref-${layer}`,
    containerfile: 'FROM scratch\n',
    context: [],
  }) as unknown as Recipe;

const recipes = [
  recipe('base'),
  recipe('rccl', 'base'),
  recipe('extra', 'base', 'rccl'),
  recipe('app', 'extra', 'rccl'),
];

const definition = {
  image: 'demo',
  final: 'app',
  tags: ['{version}'],
  sources: {},
  untested: [],
  base: { suite: 'trixie' },
  contract: { commands: [], groups: [], labels: {}, files: [], libraries: [] },
  rccl: { layer: 'rccl', library: '/librccl.so', neededBy: [], symbols: ['ncclSend'] },
};

/**
 * Builds demo on an engine that only takes notes.
 * @param there layers that it holds.
 * @param exported what the library has.
 */
async function build(
  there: readonly string[],
  exported: string,
  decided: 'patched' | 'stock' = 'patched',
  cache?: LayerCache,
): Promise<{ did: string[]; notes: string[]; failure: unknown }> {
  const did: string[] = [];
  const notes: string[] = [];
  const assembly = assemblyOf(definition as unknown as Image, recipes);
  // Putting the released image together has tests of its own.
  const keys = new Map([
    ...there.map((layer) => [`ref-${layer}`, `k-${layer}`] as const),
    [assembly.reference, assembly.key],
  ]);
  const engine: Partial<Engine> = {
    kind: 'podman',
    version: '5.8.6',
    endpoint: 'test',
    sweep: async () => [],
    inspectImage: async (reference) => {
      const labels = { [label.key]: keys.get(reference) ?? '' };
      const facts = { id: `sha256:${'0'.repeat(64)}`, tags: [], labels } as Partial<ImageFacts>;
      return keys.has(reference) || reference.startsWith('sha256:') ? (facts as ImageFacts) : undefined;
    },
    build: async ({ tag }: BuildRequest) => {
      did.push(`build ${tag}`);
      keys.set(tag, `k-${tag.slice(4)}`);
      return { id: `sha256:${'0'.repeat(64)}` };
    },
    readFile: async (image, path) => {
      did.push(`read ${image} ${path}`);
      return withSymbols({ [exported]: {} });
    },
    tag: async () => {},
  };
  const reporter = {
    report: (event: ReportEvent) => void (event.event === 'note' && notes.push(event.text)),
    close() {},
  };
  const failure = await buildImage(
    engine as Engine,
    {
      image: { definition, place: () => ({ file: 'image.yaml' }) } as unknown as CatalogImage,
      inputs: {
        base: { kind: 'oci', reference: 'debian' },
        sources: new Map(),
        versions: {},
        debian: {},
        files: new Map(),
        rccl: { decided, why: '' },
      } satisfies Inputs,
      settings: { arguments: {}, withoutSeries: [], version: '1.0.0' },
      recipes,
      stateFolder,
      time: new Date(0),
      origin: async () => ({ revision: undefined, created: new Date(0) }),
      cacheFolder: stateFolder,
      jobs: 1,
      keepGoing: false,
      cache,
    },
    reporter,
    new AbortController().signal,
  ).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { did, notes, failure };
}

test('what a layer was built from is kept when it is there, and not what was to come', async () => {
  await build(['base'], 'ncclRecv');
  expect(readdirSync(join(stateFolder, 'layers/demo'))).toEqual(['rccl.json']);
  await build(['base', 'rccl'], 'ncclSend');
  expect(readdirSync(join(stateFolder, 'layers/demo'))).toEqual(['app.json', 'extra.json', 'rccl.json']);
});

test('a record that cannot be kept is no failure', async () => {
  writeFileSync(join(stateFolder, 'layers'), 'in the way');
  const { notes, failure } = await build(['base', 'rccl', 'extra'], 'ncclSend');
  expect(failure).toBeUndefined();
  expect(notes.at(-1)).toMatch(/^app: what it was built from can't be kept for the next plan: E/);
});

test('the library is checked once, when it is built and before anything takes it', async () => {
  expect(await build([], 'ncclSend')).toEqual({
    did: [
      'build ref-base',
      'build ref-rccl',
      'read ref-rccl /librccl.so',
      'build ref-extra',
      'build ref-app',
    ],
    notes: ['librccl of layer rccl lacks none of the symbols that are needed of it (1)'],
    failure: undefined,
  });
});

test('a library that lacks a symbol ends the build before anything else is built', async () => {
  const { did, failure } = await build([], 'ncclRecv');
  expect(failure).toBeInstanceOf(ContractFailed);
  expect(failure).toMatchObject({ exitCode: 5, message: /lacks 1 symbol: ncclSend/ });
  expect(did).toEqual(['build ref-base', 'build ref-rccl', 'read ref-rccl /librccl.so']);
});

test('it is checked again for a layer that takes an old one, and not where nothing takes it', async () => {
  expect((await build(['base', 'rccl', 'extra'], 'ncclRecv')).did).toEqual(['read ref-rccl /librccl.so']);
  expect((await build(['app'], 'ncclRecv')).did).toEqual([]);
});

test('stock is not checked', async () => {
  expect((await build([], 'ncclRecv', 'stock')).did.filter((one) => one.startsWith('read'))).toEqual([]);
});

test('a layer that a cache has is not built, nor what only it needs; what is built or there is put into it', async () => {
  const asked: string[] = [];
  const stored: string[] = [];
  const cache: LayerCache = {
    has: async () => false,
    fetch: async ({ layer }) => {
      asked.push(layer);
      return layer === 'extra';
    },
    store: async ({ layer }) => void stored.push(layer),
  };
  const { did, failure } = await build([], 'ncclSend', 'patched', cache);
  expect(failure).toBeUndefined();
  expect(did).toEqual(['build ref-base', 'build ref-rccl', 'read ref-rccl /librccl.so', 'build ref-app']);
  expect(asked).toEqual(['app', 'extra', 'rccl', 'base']);
  expect(stored.toSorted()).toEqual(['app', 'base', 'extra', 'rccl']);
  expect((await build(['app'], 'ncclSend', 'patched', cache)).did).toEqual([]);
  expect(stored.at(-1)).toBe('app');
  expect(asked).toHaveLength(4);
});
