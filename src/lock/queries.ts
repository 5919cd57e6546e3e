import { createHash } from 'node:crypto';
import { canonical } from '../model/canonical.ts';
import type { KnownBad } from '../model/coherence.ts';
import type { Image } from '../model/image.ts';
import type { Source } from '../model/source.ts';

/**
 * What an image asks of upstream, by source and in the order of image.yaml. A series is no part of a query: it is done
 * to what was chosen. Debian packages are those that layers install, so that each is named once.
 */
export function queriesOf(image: Image): ReadonlyMap<string, Source> {
  return new Map(
    Object.entries(image.sources).map(([name, source]) => [name, queryOf(image, source)] as const),
  );
}

function queryOf(image: Image, source: Source): Source {
  if (source.kind === 'debian')
    return { ...source, packages: sorted([...source.packages, ...packagesOf(image)]) };
  return 'series' in source ? { ...source, series: [] } : source;
}

/** Debian packages that the base and the layers name. */
function packagesOf({ base, layers }: Image): string[] {
  const named = Object.values(layers).flatMap(({ with: { packages } }) =>
    Array.isArray(packages) ? packages : [],
  );
  return [...(base.debootstrap?.include ?? []), ...named];
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

/** sha256 over everything that a choice depends on, beside what upstream offers and what a person asks for. */
export function definitionDigest(image: Image, knownBad: readonly KnownBad[]): string {
  // The order of the sources says which is the most important.
  const queries = [...queriesOf(image)];
  return createHash('sha256')
    .update(canonical({ queries, coherence: image.coherence, knownBad }))
    .digest('hex');
}
