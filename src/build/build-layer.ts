import { openContext } from '../context/open-context.ts';
import { BuildFailed } from '../engine/build-failed.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineError, Interrupted } from '../model/error.ts';
import type { Recipe } from '../plan/recipe.ts';
import type { Reporter } from '../report/event.ts';
import { type LayerName, layerText } from '../report/layer-name.ts';
import { stopwatch } from '../report/seconds.ts';
import { LayerLog } from './layer-log.ts';
import { writeLayerRecord } from './layer-records.ts';

export interface LayerBuild {
  recipe: Recipe;
  /** Those that have the layer, at least one. */
  images: readonly string[];
  /** What events call it. */
  name: LayerName;
  labels: Readonly<Record<string, string>>;
  stateFolder: string;
  time: Date;
}

/**
 * Builds one layer, keeps its full log and, when it is there, what it was built from.
 * @returns the image id.
 * @throws EngineError (exit 6) naming layer, step and log, with the step's last lines; Interrupted.
 */
export async function buildLayer(
  engine: Engine,
  { recipe, images, name, labels, stateFolder, time }: LayerBuild,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<string> {
  const log = new LayerLog(stateFolder, images[0]!, recipe.layer, time);
  const seconds = stopwatch();
  reporter.report({ event: 'layer-started', ...name, log: log.file });
  try {
    const built = await engine.build(
      {
        tag: recipe.reference,
        context: () => contextOf(recipe),
        network: recipe.definition.network,
        labels,
      },
      (event) => {
        log.take(event);
        if (event.type === 'note')
          reporter.report({ event: 'note', text: `${layerText(name)}: ${event.text}` });
        else {
          const { type, ...facts } = event;
          reporter.report({ event: type, ...name, ...facts } as Parameters<Reporter['report']>[0]);
        }
      },
      signal,
    );
    await log.close(`built ${built.id}`);
    const took = seconds();
    reporter.report({ event: 'layer-done', ...name, id: built.id, seconds: took });
    keepRecords({ recipe, images, name, stateFolder, time }, took, reporter);
    return built.id;
  } catch (error) {
    await log.close(error instanceof Error ? error.message : String(error));
    if (error instanceof Interrupted) throw error;
    reporter.report({ event: 'layer-failed', ...name, seconds: seconds() });
    throw named(error, images, layerText(name), log);
  }
}

/** What was built is there, so a record that can't be kept is no failure: the next plan knows less, that is all. */
function keepRecords(
  { recipe, images, name, stateFolder, time }: Omit<LayerBuild, 'labels'>,
  seconds: number,
  reporter: Reporter,
): void {
  try {
    for (const image of images) writeLayerRecord(stateFolder, image, recipe, { seconds, time });
  } catch (error) {
    const text = `${layerText(name)}: what it was built from can't be kept for the next plan: ${(error as Error).message}`;
    reporter.report({ event: 'note', text });
  }
}

/** The recipe's context as a tar stream; the same bytes each time. */
export function contextOf(recipe: Recipe) {
  return openContext(
    [{ kind: 'text', path: 'Containerfile', text: recipe.containerfile }, ...recipe.context],
    { time: 0 },
  );
}

function named(error: unknown, images: readonly string[], layer: string, log: LayerLog): unknown {
  if (!(error instanceof EngineError)) return error;
  const step = error instanceof BuildFailed ? error.step : undefined;
  const stepName = (error instanceof BuildFailed ? error.stepName : undefined) ?? log.stepName(step);
  const at = step === undefined ? '' : `, step ${step}${stepName ? ` (${stepName})` : ''}`;
  const tail = log.tail(step);
  return new EngineError({
    ...error.facts,
    what: `layer ${layer}${at}: ${error.facts.what}`,
    detail: [...tail, ...(error.facts.detail ?? [])],
    next: [movedOn(tail, images) ?? error.facts.next, `The full log is ${log.file}.`]
      .filter(Boolean)
      .join(' '),
    cause: error,
  });
}

/** Debian's archive has one version of a package in each of a release's suites: what is locked goes with the next one. */
function movedOn(tail: readonly string[], images: readonly string[]): string | undefined {
  if (!tail.some((line) => /^E: Version '.+' for '.+' was not found/.test(line))) return undefined;
  const commands = images.map((image) => `halobox resolve ${image} --upgrade debian`);
  return `Debian's archive has moved on from what is locked: ${commands.join(' && ')}.`;
}
