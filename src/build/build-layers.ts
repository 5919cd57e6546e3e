import type { Engine } from '../engine/engine.ts';
import { useOf } from '../gc/in-use.ts';
import { Interrupted } from '../model/error.ts';
import type { PlannedNode } from '../plan/plan.ts';
import type { Recipe } from '../plan/recipe.ts';
import type { LayerOutcome, Reporter } from '../report/event.ts';
import { type LayerName, layerText } from '../report/layer-name.ts';
import { takeLease } from '../store/lease.ts';
import { buildLayer } from './build-layer.ts';
import type { PendingStores } from './pending-stores.ts';
import { type Outcome, schedule } from './schedule.ts';
import type { BeforeBuild } from './symbol-checks.ts';

export interface LayersToBuild {
  /** Each after all that come before it. */
  plan: readonly PlannedNode[];
  /** By key, what layers are called. */
  names: ReadonlyMap<string, LayerName>;
  beforeBuild: BeforeBuild;
  /** Told of each layer that is there now, and which ones are not yet. */
  afterBuild: (node: PlannedNode, open: readonly PlannedNode[]) => void;
  labelsOf: (recipe: Recipe) => Promise<Readonly<Record<string, string>>>;
  isThere: (recipe: Recipe) => Promise<boolean>;
  /** Most layers at a time. */
  jobs: number;
  /** After a failure go on with what does not depend on it. */
  keepGoing: boolean;
  stateFolder: string;
  time: Date;
  stores: PendingStores;
}

export interface LayersEnd {
  /** What became of each layer of the plan, in its order. */
  outcomes: readonly LayerOutcome[];
  /** What layers threw, the first one first. */
  failures: readonly unknown[];
  /** Why a layer that was to be built is not there, by key: what it threw, or what kept it back did. */
  lost: ReadonlyMap<string, unknown>;
}

/** What a layer counts that was never timed, so that the longer chain still goes first. Seconds. */
const untimed = 60;

/**
 * Builds the layers of a plan, independent ones side by side. Another halobox that builds the same layer on the same
 * engine is waited for, and what it built is taken. Back once everything that ran has come to its end and the table of
 * all layers was reported.
 * @throws Interrupted
 */
export async function buildLayers(
  engine: Engine,
  { plan, names, ...build }: LayersToBuild,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<LayersEnd> {
  const nameOf = (key: string) => layerText(names.get(key)!);
  const taken = new Set<string>();
  const failures: unknown[] = [];
  const one = async (node: PlannedNode): Promise<void> => {
    const { key, images, recipe } = node;
    const waiting = () =>
      reporter.report({
        event: 'note',
        text: `${nameOf(key)}: another halobox builds it; waiting for that`,
      });
    const lease = await takeLease(useOf(engine, key), signal, waiting);
    try {
      if (await build.isThere(recipe)) taken.add(key);
      else {
        await build.beforeBuild(node);
        const { labelsOf, stateFolder, time } = build;
        await buildLayer(
          engine,
          { recipe, images, name: names.get(key)!, labels: await labelsOf(recipe), stateFolder, time },
          reporter,
          signal,
        );
      }
    } finally {
      lease.release();
    }
    build.stores.add(recipe);
    open.delete(node);
    build.afterBuild(node, [...open]);
  };

  const wanted = new Map(plan.filter(({ action }) => action === 'build').map((node) => [node.key, node]));
  const open = new Set(wanted.values());
  const tasks = Array.from(wanted.values(), ({ key, after, seconds }) => ({
    name: key,
    after: after.filter((earlier) => wanted.has(earlier)),
    weight: seconds ?? untimed,
  }));
  const work = (key: string) =>
    one(wanted.get(key)!).catch((error: unknown) => {
      failures.push(error);
      throw error;
    });
  const { jobs, keepGoing } = build;
  const now = () => performance.now() / 1000;
  const ends = await schedule(tasks, work, { jobs, keepGoing, signal, now });
  if (signal.aborted) throw new Interrupted();
  const outcomes = plan.map((node): LayerOutcome => {
    const { key, images, action } = node;
    const facts = { ...names.get(key)!, images };
    const end = ends.get(key);
    if (!end) return { ...facts, state: action === 'unneeded' ? 'unneeded' : 'reused' };
    if (end.state === 'skipped') return { ...facts, state: 'skipped', because: nameOf(end.because) };
    if (end.state === 'done' && taken.has(key)) return { ...facts, state: 'reused' };
    return { ...facts, state: end.state === 'done' ? 'built' : 'failed', seconds: end.seconds };
  });
  reporter.report({ event: 'layers', layers: outcomes });
  return { outcomes, failures, lost: lostOf(ends) };
}

function lostOf(ends: ReadonlyMap<string, Outcome>): Map<string, unknown> {
  const lost = new Map<string, unknown>();
  for (const [key, end] of ends) {
    let cause = end;
    while (cause.state === 'skipped') cause = ends.get(cause.because)!;
    if (cause.state === 'failed') lost.set(key, cause.error);
  }
  return lost;
}
