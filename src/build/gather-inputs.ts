import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog, CatalogImage } from '../catalog/catalog.ts';
import { InvalidInput } from '../model/error.ts';
import type { RcclDecision } from '../model/rccl-decision.ts';
import { decidedImage, decideRccl, stockByChoice } from '../plan/rccl-choice.ts';
import type { Inputs } from '../plan/recipe.ts';
import type { Settings } from '../plan/settings.ts';
import type { Reporter } from '../report/event.ts';
import { stopwatch } from '../report/seconds.ts';
import { type PreparedSource, prepareSource } from '../sources/prepare-source.ts';
import { type Base, chooseBase, debootstrap, hasMmdebstrap } from '../sources/root-file-system.ts';
import { sweepPartials } from '../store/sweep-partials.ts';

export interface GatherOptions {
  /** `--base` */
  forcedBase: Base['kind'] | undefined;
  /** Make the root file system anew. */
  freshBase: boolean;
  cache: string;
  /** Milliseconds since 1970. */
  now: number;
  env: NodeJS.ProcessEnv;
}

/**
 * Everything that rendering and building an image takes from outside, brought to this machine: sources fetched,
 * verified and patched first (cheap, and most likely to be refused), then the base.
 */
export async function gatherInputs(
  catalog: Catalog,
  image: CatalogImage,
  files: Inputs['files'],
  settings: Settings,
  options: GatherOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Inputs> {
  const { rccl } = image.definition;
  // Stock by choice needs no verdict, and what nothing uses is not fetched.
  const definition = decidedImage(image.definition, rccl?.choice === 'stock' ? stockByChoice : undefined);
  sweepPartials(options.cache, 2, options.now);
  const sources = new Map<string, PreparedSource>();
  for (const series of settings.withoutSeries) reporter.report({ event: 'series-off', series });
  for (const [name, source] of Object.entries(definition.sources)) {
    const seconds = stopwatch();
    const series = source.series
      .filter((wanted) => !settings.withoutSeries.includes(wanted))
      .map((wanted) => catalog.series.get(wanted)!);
    const prepared = await prepareSource(name, source, series, {
      target: definition.target,
      cache: options.cache,
      env: options.env,
      signal,
    });
    sources.set(name, prepared);
    const { version, sha256 } = prepared;
    reporter.report({ event: 'source', source: name, version, sha256, seconds: seconds() });
    for (const { name: seriesName, digest, verdicts } of prepared.series) {
      reporter.report({ event: 'series', series: seriesName, source: name, digest, verdicts });
    }
  }
  const decision = decide(catalog, image, sources, settings, reporter);
  return {
    sources,
    files,
    rccl: decision,
    base: await bringBase(definition.base, options, reporter, signal),
  };
}

function decide(
  catalog: Catalog,
  { definition, place }: CatalogImage,
  sources: Inputs['sources'],
  { withoutSeries }: Settings,
  reporter: Reporter,
): RcclDecision | undefined {
  const { rccl } = definition;
  if (!rccl) return undefined;
  const leftOut = definition.sources[rccl.source]!.series.filter((name) => withoutSeries.includes(name));
  // A series on request makes something else of the library (a quicker build), and no reason to have one.
  const series = (sources.get(rccl.source)?.series ?? []).filter(
    ({ name }) => !catalog.series.get(name)!.definition.onRequest,
  );
  const decision = decideRccl(rccl.choice, series, leftOut, place(['rccl', 'choice']));
  reporter.report({ event: 'rccl', choice: rccl.choice, ...decision });
  return decision;
}

async function bringBase(
  base: CatalogImage['definition']['base'],
  options: GatherOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Base> {
  const choice = chooseBase(base, options.forcedBase, await hasMmdebstrap());
  const seconds = stopwatch();
  if (choice.kind === 'oci') {
    if (options.freshBase) {
      throw new InvalidInput({
        what: `the base is ${base.oci}, which the engine pulls; there is nothing to make anew`,
        where: '--fresh-base',
        next: 'Leave the flag out, or add --base debootstrap.',
      });
    }
    reporter.report({ event: 'base', ...choice, made: false, seconds: 0 });
    return { kind: 'oci', reference: base.oci! };
  }
  const { made, ...result } = await debootstrap(base, {
    cache: options.cache,
    mirror: options.env.HALOBOX_DEBIAN_MIRROR,
    fresh: options.freshBase,
    signal,
  });
  reporter.report({ event: 'base', ...choice, made, seconds: seconds() });
  return result;
}

/** Digests of the image's own files; cheap, because they are on this machine. */
export function measureFiles({ folder, definition }: CatalogImage): Inputs['files'] {
  const paths = Object.values(definition.layers).flatMap(({ files }) =>
    files.map(({ from }) => join(folder, 'files', from)),
  );
  return new Map(
    paths.map((path) => [
      path,
      {
        sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
        executable: (statSync(path).mode & 0o100) !== 0,
      },
    ]),
  );
}
