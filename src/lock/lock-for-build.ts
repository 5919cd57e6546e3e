import type { CatalogImage } from '../catalog/catalog.ts';
import { InvalidInput } from '../model/error.ts';
import type { Lock } from '../model/lock.ts';
import { lockFileOf, readLock } from './lock-file.ts';
import { type Stale, staleness } from './stale.ts';

/**
 * The lock that an image is built from; nobody is asked for anything newer.
 * @param strict refuse every lock that another definition was resolved for, also one that answers all that is asked.
 * @returns with what a person should know where it is out of date and serves all the same.
 * @throws InvalidInput (exit 2) that says what to run.
 */
export function lockForBuild(image: CatalogImage, strict: boolean): { lock: Lock; notes: string[] } {
  const { definition, knownBad } = image;
  const next = `Lock what it asks for, and look at what changed: halobox resolve ${definition.image}`;
  const lock = readLock(image);
  if (!lock) {
    if (Object.keys(definition.sources).length === 0) return { lock: emptyLock(definition.image), notes: [] };
    throw new InvalidInput({
      what: `${definition.image} has no lock: nothing says which versions it is built from`,
      where: { file: lockFileOf(image) },
      next: `Make one: halobox resolve ${definition.image}`,
    });
  }
  const stale = staleness(definition, knownBad, lock);
  const refused = strict ? stale : stale.filter(({ source }) => source !== undefined);
  if (refused.length > 0) {
    throw new InvalidInput({
      what: `the lock of ${definition.image} is not for this image.yaml`,
      where: { file: lockFileOf(image) },
      detail: refused.map(({ why }: Stale) => why),
      next,
    });
  }
  return {
    lock,
    notes: stale.map(
      ({ why }) => `lock.json serves, but ${why}; halobox resolve ${definition.image} chooses anew`,
    ),
  };
}

function emptyLock(image: string): Lock {
  return { format: 1, image, definition: '0'.repeat(64), stamps: {}, sources: {} };
}
