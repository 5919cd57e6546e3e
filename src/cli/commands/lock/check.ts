import type { CatalogImage } from '../../../catalog/catalog.ts';
import { lockFileOf, readLock } from '../../../lock/lock-file.ts';
import { staleness } from '../../../lock/stale.ts';
import { InvalidInput } from '../../../model/error.ts';
import { writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';

/**
 * Says whether the lock is what this image.yaml was resolved to; asks nobody.
 * @throws InvalidInput (exit 2) with every reason.
 */
export function checkLock(
  image: CatalogImage,
  { json }: { json?: boolean },
  surroundings: Surroundings,
): void {
  const { definition, knownBad } = image;
  const file = lockFileOf(image);
  const lock = readLock(image);
  const reasons = lock
    ? staleness(definition, knownBad, lock).map(({ why }) => why)
    : ['it was never resolved'];
  if (json)
    writeDocument(surroundings, { image: definition.image, file, fresh: reasons.length === 0, reasons });
  if (reasons.length > 0) {
    throw new InvalidInput({
      what: `${definition.image}: the lock is not for this image.yaml`,
      where: { file },
      detail: reasons,
      next: `halobox resolve ${definition.image}`,
      inDocument: json ?? false,
    });
  }
  if (!json) surroundings.stdout.write(`${definition.image}: the lock is for this image.yaml\n`);
}
