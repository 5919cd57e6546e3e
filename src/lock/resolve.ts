import type { CatalogImage } from '../catalog/catalog.ts';
import { InvalidInput } from '../model/error.ts';
import type { Lock, Pin } from '../model/lock.ts';
import type { Places, Progress } from '../sources/places.ts';
import { type Asked, nothingAsked } from './asked.ts';
import { type Considered, consider, keptPins, type Question } from './consider.ts';
import { readLock } from './lock-file.ts';
import { lockOf } from './lock-of.ts';
import { queriesOf } from './queries.ts';
import { staleness } from './stale.ts';

export interface Request {
  asked: Asked;
  /** Sources and sets to choose anew while the rest stays; none: all is chosen anew. */
  upgrade: readonly string[];
  /** Lock `base.oci` too, although the base can be made here. */
  base: boolean;
}

interface World {
  places: Places;
  /** Milliseconds since 1970. */
  now: number;
  /** Told how far the fetching of a source is whose digest its place does not tell. */
  progressOf: (source: string) => Progress;
}

export interface Resolved {
  /** The lock until now. */
  before: Lock | undefined;
  considered: Considered;
  lock: Lock;
  /** What a person should know. */
  notes: string[];
}

/**
 * From an image to its new lock, which is not written yet.
 * @throws UpstreamError (exit 3), and InvalidInput (exit 2) for what can't be asked.
 */
export async function resolve(image: CatalogImage, request: Request, world: World): Promise<Resolved> {
  const { upgrade } = request;
  const anew = upgrade.length > 0 ? upgraded(image, upgrade) : undefined;
  const { before, note } = earlierLock(image, anew !== undefined);
  // One source is chosen anew as the rest was: under what was asked for then.
  const earlier = (anew && before?.asked) ?? nothingAsked;
  const asked: Asked = {
    wishes: { ...earlier.wishes, ...request.asked.wishes },
    asOf: request.asked.asOf ?? earlier.asOf,
  };
  const question = { asked, kept: kept(image, before, anew), base: base(image, request, before, anew) };
  const considered = await consider(image, { ...question, now: world.now }, world.places);
  const lock = await lockOf(image, considered, asked, before, world.places, world.progressOf);
  return { before, considered, lock, notes: [...note, ...considered.notes] };
}

/**
 * The lock until now. One that can't be read (a merge left its marks in it) is no obstacle to choosing all anew; keeping
 * a part of it is another matter.
 */
function earlierLock(image: CatalogImage, keeping: boolean): { before: Lock | undefined; note: string[] } {
  try {
    return { before: readLock(image), note: [] };
  } catch (error) {
    if (keeping || !(error instanceof InvalidInput)) throw error;
    return { before: undefined, note: [`the lock until now could not be read: ${error.message}`] };
  }
}

/** The sources that are named; a set stands for its members. */
function upgraded({ definition }: CatalogImage, names: readonly string[]): Set<string> {
  const { sets } = definition.coherence;
  const known = [...Object.keys(definition.sources), ...Object.keys(sets), 'base'];
  return new Set(
    names.flatMap((name) => {
      if (Object.hasOwn(sets, name)) return sets[name]!.members;
      if (known.includes(name)) return [name];
      throw new InvalidInput({
        what: `${definition.image} has neither a source nor a set ${JSON.stringify(name)}`,
        where: `--upgrade ${name}`,
        next: `Known: ${known.join(', ')}.`,
      });
    }),
  );
}

function kept(
  { definition, knownBad }: CatalogImage,
  before: Lock | undefined,
  anew: ReadonlySet<string> | undefined,
): Map<string, Pin> {
  if (!before || !anew) return new Map();
  const stale = new Set(staleness(definition, knownBad, before).map(({ source }) => source));
  return keptPins(queriesOf(definition), before, (name) => stale.has(name), anew);
}

/** What is to be locked of `base.oci`: the pin that stays, or the reference that is asked. */
function base(
  { definition }: CatalogImage,
  request: Request,
  before: Lock | undefined,
  anew: ReadonlySet<string> | undefined,
): Question['base'] {
  const { debootstrap, oci } = definition.base;
  if (request.base && !oci) {
    throw new InvalidInput({
      what: `${definition.image} has no base of a registry`,
      where: '--base oci',
      next: 'Leave the flag out, or add `base.oci` to image.yaml.',
    });
  }
  if (!request.base && debootstrap && !before?.base) return undefined;
  const stays = anew && !anew.has('base') && before?.base;
  return stays && `${stays.reference}:${stays.version}` === oci ? stays : oci;
}
