import type { CatalogImage } from '../catalog/catalog.ts';
import type { Candidate } from '../model/candidate.ts';
import type { Lock, Pin } from '../model/lock.ts';
import type { Places, Progress } from '../sources/places.ts';
import { type Asked, askedInLock } from './asked.ts';
import { isThis } from './changes.ts';
import type { Considered } from './consider.ts';
import { definitionDigest } from './queries.ts';

/**
 * Makes a lock of what was chosen: everything in it is fixed by a digest. Big artefacts without a digest at their place
 * are fetched once, one after the other.
 * @param before the lock until now: a wheel that it has already, by the digest that its index tells, needs no request.
 * @param progressOf told how far the fetching of a source is.
 * @throws UpstreamError (exit 3) naming the URL.
 */
export async function lockOf(
  image: CatalogImage,
  { queries, choice, kept, current, base }: Considered,
  asked: Asked,
  before: Lock | undefined,
  places: Places,
  progressOf: (source: string) => Progress,
): Promise<Lock> {
  const { definition, knownBad } = image;
  const sources: Lock['sources'] = {};
  for (const [source, query] of queries) {
    const chosen = choice.chosen.get(source);
    const pin: Pin | undefined =
      kept.get(source) ??
      current.get(source) ??
      (chosen && pinnedBefore(before, source, chosen)) ??
      (chosen && (await places.pin(query, chosen, progressOf(source))));
    // An optional member of a set that upstream does not have.
    if (pin) sources[source] = { query, pin };
  }
  const wishes = askedInLock(asked);
  return {
    format: 1,
    image: definition.image,
    definition: definitionDigest(definition, knownBad),
    ...(wishes && { asked: wishes }),
    stamps: Object.fromEntries(choice.stamps),
    ...(base && { base }),
    sources,
  };
}

function pinnedBefore(before: Lock | undefined, source: string, chosen: Candidate): Pin | undefined {
  const pin = before && Object.hasOwn(before.sources, source) ? before.sources[source]!.pin : undefined;
  const { sha256, date, stamp } = chosen;
  if (!pin || sha256 === undefined || !('file' in pin) || !isThis(pin, chosen)) return undefined;
  const { date: _, stamp: __, ...rest } = { date: undefined, stamp: undefined, ...pin };
  return { ...rest, ...(date !== undefined && { date }), ...(stamp !== undefined && { stamp }) } as Pin;
}
