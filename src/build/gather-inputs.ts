import type { Catalog, CatalogImage } from '../catalog/catalog.ts';
import { findProgram } from '../host/find-program.ts';
import { InvalidInput } from '../model/error.ts';
import type { Lock } from '../model/lock.ts';
import type { RcclDecision } from '../model/rccl-decision.ts';
import { seriesOf } from '../model/source.ts';
import { decidedImage, decideRccl, stockByChoice } from '../plan/rccl-choice.ts';
import type { Inputs } from '../plan/recipe.ts';
import type { Settings } from '../plan/settings.ts';
import type { Reporter } from '../report/event.ts';
import { stopwatch } from '../report/seconds.ts';
import { prepareSource } from '../sources/prepare-source.ts';
import type { PreparedSource } from '../sources/prepared.ts';
import { type Base, chooseBase, debootstrap } from '../sources/root-file-system.ts';
import type { Upstream } from '../sources/upstream.ts';
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
  upstream: Upstream;
  /** Take what is in the cache, and make nothing anew. */
  offline: boolean;
}

/**
 * Everything that rendering and building an image takes from outside, as its lock names it, brought to this machine:
 * sources fetched, verified and patched first (cheap, and most likely to be refused), then the base.
 * @param lock answers what the image asks for; see `lockForBuild`.
 */
export async function gatherInputs(
  catalog: Catalog,
  image: CatalogImage,
  lock: Lock,
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
  for (const name of takenSources(definition)) {
    const seconds = stopwatch();
    const series = seriesOf(definition.sources[name]!)
      .filter((wanted) => !settings.withoutSeries.includes(wanted))
      .map((wanted) => catalog.series.get(wanted)!);
    const prepared = await prepareSource(name, lock.sources[name]!.pin, series, {
      target: definition.target,
      cache: options.cache,
      upstream: options.upstream,
      signal,
    });
    sources.set(name, prepared);
    const { version, identity } = prepared;
    const digest =
      'sha256' in identity ? `sha256:${identity.sha256.slice(0, 12)}` : identity.revision.slice(0, 12);
    reporter.report({ event: 'source', source: name, version, digest, seconds: seconds() });
    for (const { name: seriesName, digest, verdicts } of prepared.series) {
      reporter.report({ event: 'series', series: seriesName, source: name, digest, verdicts });
    }
  }
  const decision = decide(catalog, image, sources, settings, reporter);
  return {
    sources,
    ...lockedVersions(lock),
    files,
    rccl: decision,
    base: await bringBase(image, lock, options, reporter, signal),
  };
}

/** What templates may say of versions. */
export function lockedVersions({ sources }: Lock): Pick<Inputs, 'versions' | 'debian'> {
  const pins = Object.entries(sources).map(([name, { pin }]) => [name, pin] as const);
  const packages = pins.flatMap(([, pin]) => (pin.kind === 'debian' ? Object.entries(pin.packages) : []));
  return {
    versions: Object.fromEntries(pins.map(([name, { version }]) => [name, version])),
    debian: Object.fromEntries(packages.map(([name, { version }]) => [name, version])),
  };
}

/** Sources whose bytes are needed here: those that layers take, and the one whose series decide on RCCL. */
function takenSources({ sources, layers, rccl }: CatalogImage['definition']): string[] {
  const taken = new Set(Object.values(layers).flatMap((layer) => layer.sources));
  if (rccl) taken.add(rccl.source);
  return Object.keys(sources).filter((name) => taken.has(name));
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
  const leftOut = seriesOf(definition.sources[rccl.source]!).filter((name) => withoutSeries.includes(name));
  // A series on request makes something else of the library (a quicker build), and no reason to have one.
  const series = (sources.get(rccl.source)?.series ?? []).filter(
    ({ name }) => !catalog.series.get(name)!.definition.onRequest,
  );
  const decision = decideRccl(rccl.choice, series, leftOut, place(['rccl', 'choice']));
  reporter.report({ event: 'rccl', choice: rccl.choice, ...decision });
  return decision;
}

async function bringBase(
  { definition, place }: CatalogImage,
  lock: Lock,
  options: GatherOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Base> {
  const { base, image } = definition;
  const choice = chooseBase(base, options.forcedBase, findProgram('mmdebstrap', options.env) !== undefined);
  const seconds = stopwatch();
  if (choice.kind === 'oci') {
    if (options.freshBase) {
      throw new InvalidInput({
        what: `the base is ${base.oci}, which the engine pulls; there is nothing to make anew`,
        where: '--fresh-base',
        next: 'Leave the flag out, or add --base debootstrap.',
      });
    }
    if (!lock.base) {
      throw new InvalidInput({
        what: `${base.oci} is not locked`,
        where: place(['base', 'oci']),
        next: `Lock it too: halobox resolve ${image} --base oci`,
      });
    }
    reporter.report({ event: 'base', ...choice, made: false, seconds: 0 });
    return { kind: 'oci', reference: `${lock.base.reference}@${lock.base.digest}` };
  }
  const { made, ...result } = await debootstrap(base, {
    cache: options.cache,
    mirror: options.env.HALOBOX_DEBIAN_MIRROR,
    fresh: options.freshBase,
    offline: options.offline,
    versions: lockedVersions(lock).debian,
    signal,
  });
  reporter.report({ event: 'base', ...choice, made, seconds: seconds() });
  return result;
}
