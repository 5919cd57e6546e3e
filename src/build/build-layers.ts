import type { Engine } from '../engine/engine.ts';
import { Interrupted } from '../model/error.ts';
import type { Rccl } from '../model/image.ts';
import type { Recipe } from '../plan/recipe.ts';
import type { LayerOutcome, PlannedLayer, Reporter } from '../report/event.ts';
import { takeLease } from '../store/lease.ts';
import { buildLayer } from './build-layer.ts';
import { checkSymbols } from './check-symbols.ts';
import type { PendingStores } from './pending-stores.ts';
import { type Outcome, schedule } from './schedule.ts';

export interface LayersToBuild {
  image: string;
  /** Parents before children. */
  recipes: readonly Recipe[];
  plan: readonly ToDo[];
  /** The image's block, where its library is built here and must be checked before anything takes it. */
  rccl: Rccl | undefined;
  labelsOf: (recipe: Recipe) => Readonly<Record<string, string>>;
  isThere: (recipe: Recipe) => Promise<boolean>;
  /** Most layers at a time. */
  jobs: number;
  /** After a failure go on with what does not depend on it. */
  keepGoing: boolean;
  stateFolder: string;
  time: Date;
  stores: PendingStores;
}

/** A layer of a plan; `seconds` is what its last build took. */
type ToDo = PlannedLayer & { seconds?: number | undefined };

/** What a layer counts that was never timed, so that the longer chain still goes first. Seconds. */
const untimed = 60;

/**
 * Builds the layers of a plan, independent ones side by side. Another halobox that builds the same layer on the same
 * engine is waited for, and what it built is taken.
 * @throws what the first layer that failed threw, once everything that ran has come to its end and the table of all
 *   layers was reported; Interrupted.
 */
export async function buildLayers(
  engine: Engine,
  { recipes, plan, rccl, ...build }: LayersToBuild,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const byName = new Map(recipes.map((recipe) => [recipe.layer, recipe]));
  const wanted = plan.filter(({ action }) => action === 'build').map(({ layer }) => byName.get(layer)!);
  const taken = new Set<string>();
  let symbols: Promise<void> | undefined;
  const symbolsChecked = async (): Promise<void> => {
    const count = await checkSymbols(engine, rccl!, recipes, signal);
    reporter.report({ event: 'note', text: symbolsText(rccl!.layer, count) });
  };
  const one = async (recipe: Recipe): Promise<void> => {
    const { layer, key } = recipe;
    const waiting = () =>
      reporter.report({ event: 'note', text: `${layer}: another halobox builds it; waiting for that` });
    const lease = await takeLease(`layer ${engine.endpoint} ${key}`, signal, waiting);
    try {
      if (await build.isThere(recipe)) taken.add(layer);
      else {
        // What was built with the library already was built after this check.
        if (rccl && recipe.definition.needs.includes(rccl.layer)) {
          symbols ??= symbolsChecked();
          await symbols;
        }
        await buildLayer(engine, { ...build, recipe, labels: build.labelsOf(recipe) }, reporter, signal);
      }
    } finally {
      lease.release();
    }
    build.stores.add(recipe);
  };

  const seconds = new Map(plan.map((planned) => [planned.layer, planned.seconds]));
  const names = new Set(wanted.map(({ layer }) => layer));
  const tasks = wanted.map(({ layer, after }) => ({
    name: layer,
    after: after.filter((name) => names.has(name)),
    weight: seconds.get(layer) ?? untimed,
  }));
  const { jobs, keepGoing } = build;
  const now = () => performance.now() / 1000;
  const outcomes = await schedule(tasks, (layer) => one(byName.get(layer)!), {
    jobs,
    keepGoing,
    signal,
    now,
  });
  if (signal.aborted) throw new Interrupted();
  reporter.report({ event: 'layers', layers: plan.map((planned) => outcomeOf(planned, outcomes, taken)) });
  for (const outcome of outcomes.values()) if (outcome.state === 'failed') throw outcome.error;
}

function outcomeOf(
  { layer, action }: PlannedLayer,
  outcomes: ReadonlyMap<string, Outcome>,
  taken: ReadonlySet<string>,
): LayerOutcome {
  const outcome = outcomes.get(layer);
  if (!outcome) return { layer, state: action === 'unneeded' ? 'unneeded' : 'reused' };
  switch (outcome.state) {
    case 'done':
      return taken.has(layer)
        ? { layer, state: 'reused' }
        : { layer, state: 'built', seconds: outcome.seconds };
    case 'failed':
      return { layer, state: 'failed', seconds: outcome.seconds };
    case 'skipped':
      return { layer, state: 'skipped', because: outcome.because };
  }
}

function symbolsText(layer: string, count: number): string {
  return `librccl of layer ${layer} lacks none of the symbols that are needed of it (${count})`;
}
