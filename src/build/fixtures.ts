import { randomUUID } from 'node:crypto';
import type { CatalogImage } from '../catalog/catalog.ts';
import { withSymbols } from '../contract/fixtures.ts';
import type { BuildRequest, Engine, ImageFacts } from '../engine/engine.ts';
import { EngineError } from '../model/error.ts';
import { assemblyOf } from '../plan/assembly.ts';
import type { PlannedImage } from '../plan/graph.ts';
import { label } from '../plan/labels.ts';
import type { Inputs, Recipe } from '../plan/recipe.ts';
import { recipeOf } from '../plan/testing/recipe-of.ts';
import type { LayerCache } from '../registry/layer-cache.ts';
import type { ReportEvent } from '../report/event.ts';
import { buildImages } from './build-images.ts';
import type { ImageBuild } from './image-build.ts';

const demo: PlannedImage = {
  image: 'demo',
  recipes: chain(['base'], ['rccl', 'base'], ['extra', 'base', 'rccl'], ['app', 'extra', 'rccl']),
};

/** Recipes of layers, each with what it needs; of layers of one name that differ, `/` and a number follow it. */
export function chain(...layers: string[][]): Recipe[] {
  const recipes = new Map<string, Recipe>();
  for (const [id = '', ...needs] of layers) {
    const [layer = ''] = id.split('/');
    const parents = needs.map((need) => recipes.get(need)!);
    recipes.set(id, { ...recipeOf(layer, parents, { containerfile: id }), reference: `ref-${id}` });
  }
  return [...recipes.values()];
}

const rccl = { layer: 'rccl', library: '/librccl.so', neededBy: [], symbols: ['ncclSend'] };
const definitionOf = (image: string, final: string) => ({
  ...{ image, final, layers: {}, tags: ['{version}'], sources: {}, untested: [], base: { suite: 'trixie' } },
  ...{ contract: { commands: [], groups: [], labels: {}, files: [], libraries: [] }, rccl },
});

export interface World {
  images?: readonly PlannedImage[];
  decided?: 'patched' | 'stock';
  cache?: LayerCache;
  keepGoing?: boolean;
  /** Layers whose build fails. */
  fails?: readonly string[];
  /** Bytes that each image may have; they have one. */
  budgets?: Readonly<Record<string, number>>;
  /** What each image demands of the library. */
  symbols?: Readonly<Record<string, string[]>>;
}

/**
 * Builds images on an engine that only takes notes.
 * @param there layers that it holds.
 * @param exported what the library has.
 */
export async function buildOn(
  stateFolder: string,
  there: readonly string[],
  exported: string,
  world: World = {},
) {
  const { images = [demo], decided = 'patched', cache, keepGoing = false, fails = [] } = world;
  const { budgets = {}, symbols = {} } = world;
  const did: string[] = [];
  const events: ReportEvent[] = [];
  const all = images.flatMap(({ recipes }) => recipes);
  const keyOf = (reference: string) => all.find((recipe) => recipe.reference === reference)!.key;
  const origin = { revision: undefined, created: new Date(0) };
  const builds = images.map(({ image, recipes }): ImageBuild => {
    const definition = {
      ...definitionOf(image, recipes.at(-1)!.layer),
      rccl: { ...rccl, symbols: symbols[image] ?? rccl.symbols },
      budget: budgets[image],
    };
    return {
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
    };
  });
  // Putting released images together has tests of its own.
  const assembled = builds.map((build) => {
    const { reference, key } = assemblyOf({ ...build, image: build.image.definition }, origin);
    return [reference, key] as const;
  });
  const keys = new Map([
    ...there.map((layer) => [`ref-${layer}`, keyOf(`ref-${layer}`)] as const),
    ...assembled,
  ]);
  const labels = new Map<string, Readonly<Record<string, string>>>();
  const engine: Partial<Engine> = {
    kind: 'podman',
    version: '5.8.6',
    endpoint: randomUUID(),
    identity: randomUUID(),
    // Putting together ahead has tests of its own.
    leavesOut: 'none',
    removeImage: async () => {},
    sweep: async () => [],
    inspectImage: async (reference) => {
      const key = keys.get(reference) ?? '';
      const id = `sha256:${'0'.repeat(64)}`;
      const facts = { id, tags: [], size: 1, labels: { [label.key]: key } } as Partial<ImageFacts>;
      return keys.has(reference) || reference.startsWith('sha256:') ? (facts as ImageFacts) : undefined;
    },
    build: async ({ tag, ...request }: BuildRequest) => {
      did.push(`build ${tag}`);
      if (fails.includes(tag.slice(4))) throw new EngineError({ what: 'a step failed' });
      keys.set(tag, keyOf(tag));
      labels.set(tag, request.labels);
      return { id: `sha256:${'0'.repeat(64)}` };
    },
    readFile: async (image, path) => {
      did.push(`read ${image} ${path}`);
      return withSymbols({ [exported]: {} });
    },
    tag: async (_, reference) => void did.push(`tag ${reference}`),
  };
  const end = await buildImages(
    engine as Engine,
    builds,
    {
      ...{ stateFolder, cacheFolder: stateFolder, time: new Date(0), jobs: 1, keepGoing, cache },
      originOf: async () => origin,
    },
    { report: (event) => void events.push(event), close() {} },
    new AbortController().signal,
  );
  const notes = events.flatMap((event) => (event.event === 'note' ? [event.text] : []));
  return { did, notes, events, labels, ...end };
}
