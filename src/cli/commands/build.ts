import { setImmediate as turn } from 'node:timers/promises';
import { buildImages, type ImagesEnd } from '../../build/build-images.ts';
import type { Engine } from '../../engine/engine.ts';
import { findEngine } from '../../engine/find-engine.ts';
import type { Reporter } from '../../report/event.ts';
import { enterCommands } from '../../toolbox/enter-commands.ts';
import { readHost } from '../../toolbox/host.ts';
import { enterText } from '../enter-text.ts';
import { usualJobs } from '../flags.ts';
import { layerCacheOf } from '../layer-cache.ts';
import { originsOf } from '../origins-of.ts';
import { reporterFor } from '../output.ts';
import { type InputFlags, type PreparedImages, prepareImages } from '../prepare.ts';
import type { Surroundings } from '../surroundings.ts';

export interface BuildOptions extends InputFlags {
  engine?: string;
  jobs?: number;
  keepGoing?: boolean;
  cacheFrom: string[];
  cacheTo: string[];
}

/** @throws what the first failure threw, after all that goes on without it. */
export async function build(
  names: readonly string[],
  options: BuildOptions,
  surroundings: Surroundings,
): Promise<void> {
  const reporter = await reporterFor(surroundings, options.json ?? false);
  try {
    const keepGoing = options.keepGoing ?? false;
    const originOf = originsOf(names, surroundings);
    const cache = await layerCacheOf(options, surroundings, (event) => reporter.report(event));
    // An engine that is asked who it is (`podman info`) takes its time, in which the inputs are prepared. What is wrong
    // with those is still said first, and no engine gets any work before.
    const finding = findEngine(options.engine, surroundings);
    finding.catch(() => {});
    // What is known of a Podman is read without waiting: its service starts now, and gets ready beside the preparation,
    // which holds this process.
    await turn();
    const unused = () =>
      finding.then(
        (engine) => engine.close(),
        () => {},
      );
    const prepared = await prepareImages(names, options, surroundings, reporter, { keepGoing }).catch(
      async (error) => {
        await unused();
        throw error;
      },
    );
    let failure: unknown = prepared.failure;
    let text = '';
    if (prepared.images.length === 0) await unused();
    else {
      const engine = await finding;
      try {
        reportEngine(engine, reporter);
        const end = await buildImages(
          engine,
          prepared.images,
          {
            stateFolder: surroundings.folders.state,
            cacheFolder: surroundings.folders.cache,
            time: surroundings.now(),
            originOf,
            jobs: options.jobs ?? usualJobs(),
            keepGoing,
            cache,
          },
          reporter,
          surroundings.signal,
        );
        failure ??= end.failure;
        if (new Set(names).size > 1) {
          for (const [image, why] of end.failed) reporter.report({ event: 'failed', image, why });
        }
        text = enterTexts(engine, prepared, end);
      } finally {
        await engine.close();
      }
    }
    reporter.close();
    if (!options.json) surroundings.stdout.write(text);
    if (failure !== undefined) throw failure;
  } finally {
    reporter.close();
  }
}

function reportEngine(engine: Engine, reporter: Reporter): void {
  const { kind, version, endpoint, foundBy, rootless, network } = engine;
  reporter.report({ event: 'engine', kind, version, endpoint, foundBy, rootless });
  if (network.reason) {
    const text = `network of RUN steps: ${network.mode}, because ${network.reason}`;
    reporter.report({ event: 'note', text });
  }
}

/** What a person sees of each image that was released. */
function enterTexts(engine: Engine, { images }: PreparedImages, { released }: ImagesEnd): string {
  const host = readHost({ engine: engine.kind, rootless: engine.rootless }, '/dev');
  return images
    .map(({ image: { definition } }) => {
      const release = released.get(definition.image);
      if (!release) return '';
      return enterText(definition, release, enterCommands(release.tags[0]!, definition.image, host));
    })
    .join('');
}
