import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { BuildRequest, Engine } from '../engine/engine.ts';
import { EngineError, Interrupted } from '../model/error.ts';
import { layerGraph } from '../plan/graph.ts';
import { planOf } from '../plan/plan.ts';
import type { Recipe } from '../plan/recipe.ts';
import { recipeOf } from '../plan/testing/recipe-of.ts';
import type { ReportEvent } from '../report/event.ts';
import { layerNames } from '../report/layer-name.ts';
import { eventLines } from '../report/lines.ts';
import { buildLayers } from './build-layers.ts';

const graph: Record<string, string[]> = {
  base: [],
  compiler: ['base'],
  rccl: ['compiler'],
  tools: ['base'],
  final: ['tools', 'rccl'],
};
const recipes: Recipe[] = [];
for (const [layer, needs] of Object.entries(graph)) {
  const parents = recipes.filter((recipe) => needs.includes(recipe.layer));
  recipes.push({ ...recipeOf(layer, parents), reference: layer });
}
const nodes = [
  ...planOf(layerGraph([{ image: 'demo', recipes }]), {
    held: new Map(),
    lastBuild: () => undefined,
  }).nodes.values(),
];

/** An engine whose builds end when the test says so. */
class SlowEngine {
  readonly endpoint = randomUUID();
  readonly begun: string[] = [];
  readonly there = new Set<string>();
  #ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  #more = Promise.withResolvers<void>();

  build({ tag }: BuildRequest, _: unknown, signal: AbortSignal): Promise<{ id: string }> {
    this.begun.push(tag);
    this.#more.resolve();
    this.#more = Promise.withResolvers();
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Interrupted()));
      this.#ends.set(tag, {
        resolve: () => {
          this.there.add(tag);
          resolve({ id: `sha256:${tag}` });
        },
        reject,
      });
    });
  }

  /** Waits until these and no others were begun. */
  async hasBegun(...layers: string[]): Promise<void> {
    while (this.begun.length < layers.length) await this.#more.promise;
    expect(this.begun.toSorted()).toEqual(layers.toSorted());
  }

  end(layer: string): void {
    this.#ends.get(layer)!.resolve();
  }

  fail(layer: string): void {
    this.#ends.get(layer)!.reject(new EngineError({ what: 'a step failed' }));
  }
}

function start(engine: SlowEngine, { jobs = 2, keepGoing = false, stop = new AbortController() } = {}) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'halobox-layers-'));
  onTestFinished(() => rmSync(stateFolder, { recursive: true }));
  const events: ReportEvent[] = [];
  const stored: string[] = [];
  const left = new Map<string, string[]>();
  const ended = buildLayers(
    engine as unknown as Engine,
    {
      plan: nodes,
      names: layerNames(nodes),
      beforeBuild: async () => {},
      afterBuild: ({ recipe }, open) =>
        void left.set(
          recipe.layer,
          open.map((node) => node.recipe.layer),
        ),
      labelsOf: async () => ({}),
      isThere: async ({ reference }) => engine.there.has(reference),
      jobs,
      keepGoing,
      stateFolder,
      time: new Date(0),
      stores: { add: ({ layer }) => void stored.push(layer), done: async () => {} },
    },
    { report: (event) => void events.push(event), close() {} },
    stop.signal,
  ).then(
    ({ failures }) => failures[0],
    (error: unknown) => error,
  );
  const states = () => {
    const event = events.find((one) => one.event === 'layers');
    return event?.layers.map(({ layer, state }) => `${layer} ${state}`);
  };
  return { ended, events, stored, left, states };
}

test('independent layers are built side by side, parents first, and each goes to the caches', async () => {
  const engine = new SlowEngine();
  const { ended, stored, left, states } = start(engine);
  await engine.hasBegun('base');
  engine.end('base');
  await engine.hasBegun('base', 'compiler', 'tools');
  engine.end('tools');
  engine.end('compiler');
  await engine.hasBegun('base', 'compiler', 'tools', 'rccl');
  engine.end('rccl');
  await engine.hasBegun('base', 'compiler', 'tools', 'rccl', 'final');
  engine.end('final');
  expect(await ended).toBeUndefined();
  expect(stored.toSorted()).toEqual(Object.keys(graph).toSorted());
  expect(left.get('rccl')).toEqual(['final']);
  expect(left.get('final')).toEqual([]);
  expect(states()).toEqual(Object.keys(graph).map((layer) => `${layer} built`));
});

test('a failure lets what runs come to its end, and the table says what became of all', async () => {
  const engine = new SlowEngine();
  const { ended, events, states } = start(engine);
  await engine.hasBegun('base');
  engine.end('base');
  await engine.hasBegun('base', 'compiler', 'tools');
  engine.fail('compiler');
  engine.end('tools');
  expect(await ended).toMatchObject({ exitCode: 6, message: 'layer compiler: a step failed' });
  expect(states()).toEqual(['base built', 'compiler failed', 'rccl skipped', 'tools built', 'final skipped']);
  const table = eventLines(events.find((one) => one.event === 'layers')!);
  expect(table).toMatch(
    /^layers {4}base +built in .*\n {10}compiler +failed in .*\n {10}rccl +skipped, because of compiler\n/,
  );
});

test.each([false, true])('with keep-going %s, one at a time', async (keepGoing) => {
  const engine = new SlowEngine();
  const { ended, states } = start(engine, { jobs: 1, keepGoing });
  await engine.hasBegun('base');
  engine.end('base');
  // The way over the compiler is the longer one.
  await engine.hasBegun('base', 'compiler');
  engine.fail('compiler');
  if (keepGoing) {
    await engine.hasBegun('base', 'compiler', 'tools');
    engine.end('tools');
  }
  expect(await ended).toMatchObject({ exitCode: 6 });
  expect(states()).toContain(keepGoing ? 'tools built' : 'tools skipped');
});

test('of several failures the first that came counts, not the first of the plan', async () => {
  const engine = new SlowEngine();
  const { ended, events } = start(engine, { keepGoing: true });
  await engine.hasBegun('base');
  engine.end('base');
  await engine.hasBegun('base', 'compiler', 'tools');
  engine.fail('tools');
  await vi.waitFor(() => expect(events).toContainEqual(expect.objectContaining({ event: 'layer-failed' })));
  engine.fail('compiler');
  expect(await ended).toMatchObject({ message: 'layer tools: a step failed' });
});

test('two builds at once on one engine build each layer once', async () => {
  const engine = new SlowEngine();
  const [one, two] = [start(engine), start(engine)];
  for (const [layer, ...begun] of [
    ['base', 'base'],
    ['compiler', 'base', 'compiler', 'tools'],
    ['tools', 'base', 'compiler', 'tools'],
    ['rccl', 'base', 'compiler', 'tools', 'rccl'],
    ['final', 'base', 'compiler', 'tools', 'rccl', 'final'],
  ] as const) {
    await engine.hasBegun(...begun);
    engine.end(layer);
  }
  expect([await one.ended, await two.ended]).toEqual([undefined, undefined]);
  const all = [...one.states()!, ...two.states()!];
  expect(all.filter((text) => text.endsWith(' built'))).toHaveLength(5);
  expect(all.filter((text) => text.endsWith(' reused'))).toHaveLength(5);
  const said = [...one.events, ...two.events].flatMap((event) => (event.event === 'note' ? event.text : []));
  expect(said).toContain('base: another halobox builds it; waiting for that');
});

test('stopped, all that runs is ended and nothing else begins', async () => {
  const engine = new SlowEngine();
  const stop = new AbortController();
  const { ended, states } = start(engine, { stop });
  await engine.hasBegun('base');
  stop.abort();
  expect(await ended).toBeInstanceOf(Interrupted);
  expect([engine.begun, states()]).toEqual([['base'], undefined]);
});
