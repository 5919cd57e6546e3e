import { availableParallelism } from 'node:os';
import { buildImage } from '../../build/build-image.ts';
import { readCheckout } from '../../build/checkout.ts';
import { createdOf, epochOf } from '../../build/created.ts';
import { findEngine } from '../../engine/find-engine.ts';
import { InvalidInput } from '../../model/error.ts';
import { layerCacheOf } from '../../registry/open-layer-cache.ts';
import { enterCommands } from '../../toolbox/enter-commands.ts';
import { readHost } from '../../toolbox/host.ts';
import { enterText } from '../enter-text.ts';
import { reporterFor } from '../output.ts';
import { type InputFlags, type Prepared, prepare } from '../prepare.ts';
import type { Surroundings } from '../surroundings.ts';

export interface BuildOptions extends InputFlags {
  engine?: string;
  jobs?: string;
  keepGoing?: boolean;
  cacheFrom: string[];
  cacheTo: string[];
}

export async function build(name: string, options: BuildOptions, surroundings: Surroundings): Promise<void> {
  const reporter = await reporterFor(surroundings, options.json ?? false);
  try {
    const jobs = jobsOf(options.jobs);
    const epoch = epochOf(surroundings.env.SOURCE_DATE_EPOCH);
    const cache = layerCacheOf(options, surroundings, (event) => reporter.report(event));
    // An engine that is asked who it is (`podman info`) takes its time, in which the inputs are prepared. What is wrong
    // with those is still said first, and no engine gets any work before.
    const finding = findEngine(options.engine, surroundings);
    finding.catch(() => {});
    let prepared: Prepared;
    try {
      prepared = await prepare(name, options, surroundings, reporter);
    } catch (error) {
      await finding.then(
        (engine) => engine.close(),
        () => {},
      );
      throw error;
    }
    const engine = await finding;
    try {
      const { image, settings, inputs, recipes } = prepared;
      const { kind, version, endpoint, foundBy, rootless, network } = engine;
      reporter.report({ event: 'engine', kind, version, endpoint, foundBy, rootless });
      if (network.reason) {
        reporter.report({
          event: 'note',
          text: `network of RUN steps: ${network.mode}, because ${network.reason}`,
        });
      }
      const release = await buildImage(
        engine,
        {
          image,
          inputs,
          settings,
          recipes,
          stateFolder: surroundings.folders.state,
          time: surroundings.now(),
          cache,
          jobs,
          keepGoing: options.keepGoing ?? false,
          origin: async () => {
            const { revision, time } = await readCheckout(surroundings.root, surroundings.signal);
            return { revision, created: createdOf(epoch, time) };
          },
          cacheFolder: surroundings.folders.cache,
        },
        reporter,
        surroundings.signal,
      );
      reporter.close();
      if (options.json) return;
      const host = readHost({ engine: kind, rootless }, '/dev');
      const commands = enterCommands(release.tags[0]!, image.definition.image, host);
      surroundings.stdout.write(enterText(image.definition, release, commands));
    } finally {
      await engine.close();
    }
  } finally {
    reporter.close();
  }
}

/** Compilers fill the cores by themselves: more layers than a few at a time only take memory from each other. */
function jobsOf(text: string | undefined): number {
  if (text === undefined) return Math.min(availableParallelism(), 4);
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text);
  throw new InvalidInput({
    what: `${JSON.stringify(text)} is no number of layers`,
    where: '--jobs',
    next: 'Give a number from 1 to 999.',
  });
}
