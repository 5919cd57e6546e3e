import { type CatalogImage, imageNamed, readCatalog } from '../../../catalog/catalog.ts';
import { nothingAsked } from '../../../lock/asked.ts';
import { consider } from '../../../lock/consider.ts';
import { readLock } from '../../../lock/lock-file.ts';
import { type Outdated, outdatedOf } from '../../../lock/outdated.ts';
import { staleness } from '../../../lock/stale.ts';
import { openUpstream } from '../../../sources/open-upstream.ts';
import type { Places } from '../../../sources/places.ts';
import type { Surroundings } from '../../surroundings.ts';

/** An image's lock beside its definition and today's upstream. */
export interface Surveyed {
  image: string;
  /** Whether a lock made now would choose otherwise. */
  due: boolean;
  /** Why the lock is not for this image.yaml. */
  stale: string[];
  sources: Outdated[];
}

/** The images of a catalog that are named, or all of them that take something from upstream. */
export function chosenImages(names: readonly string[], { root }: Surroundings): CatalogImage[] {
  const catalog = readCatalog(root);
  if (names.length > 0) return names.map((name) => imageNamed(catalog, name));
  return catalog.images.filter(({ definition }) => Object.keys(definition.sources).length > 0);
}

/** Asks upstream for all images at once, with one client. */
export async function surveyEach<T>(
  images: readonly CatalogImage[],
  surroundings: Surroundings,
  each: (survey: () => Promise<Surveyed>, image: CatalogImage) => Promise<T>,
): Promise<T[]> {
  const { places } = openUpstream(surroundings);
  const results: T[] = [];
  for (const image of images)
    results.push(await each(() => surveyed(image, places, surroundings.now().getTime()), image));
  return results;
}

/** @throws UpstreamError (exit 3) when a place can't be asked or offers no coherent set. */
async function surveyed(image: CatalogImage, places: Places, now: number): Promise<Surveyed> {
  const { definition, knownBad } = image;
  const lock = readLock(image);
  const stale = lock
    ? staleness(definition, knownBad, lock).map(({ why }) => why)
    : ['it was never resolved'];
  // A date that was asked for would hide everything newer for ever.
  const asked = { ...nothingAsked, wishes: lock?.asked?.wishes ?? {} };
  const wantsBase = lock ? lock.base !== undefined : !definition.base.debootstrap;
  const base = wantsBase ? definition.base.oci : undefined;
  const considered = await consider(image, { asked, kept: new Map(), base, now }, places);
  const sources = outdatedOf(lock, considered);
  const due = stale.length > 0 || sources.some(({ changes }) => changes.length > 0);
  return { image: definition.image, due, stale, sources };
}
