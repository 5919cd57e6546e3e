import type { CatalogImage } from '../../catalog/catalog.ts';
import type { Lock } from '../../model/lock.ts';
import { type Asked, nothingAsked } from '../asked.ts';
import { type Considered, consider, keptPins } from '../consider.ts';
import { lockOf } from '../lock-of.ts';
import { queriesOf } from '../queries.ts';
import { offers, placesOf } from './small-catalog.ts';

/** Milliseconds since 1970. */
export const now = Date.parse('2026-11-01T00:00:00Z');

/** The whole way from an image to its lock, without a network. @returns also what the places were asked. */
export async function resolved(
  image: CatalogImage,
  what = offers,
  { asked = nothingAsked, anew, before }: { asked?: Asked; anew?: string[]; before?: Lock } = {},
): Promise<{ lock: Lock; considered: Considered; asked: string[] }> {
  const places = placesOf(what);
  const kept =
    before && anew ? keptPins(queriesOf(image.definition), before, () => false, new Set(anew)) : new Map();
  const considered = await consider(image, { asked, kept, base: undefined, now }, places);
  const lock = await lockOf(image, considered, asked, before, places, () => () => {});
  return { lock, considered, asked: places.asked };
}
