import { definedBy, readCheckout } from '../build/checkout.ts';
import { createdOf, epochOf } from '../build/created.ts';
import type { Origin } from '../plan/labels.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Tells of the catalog's images where they come from.
 * @throws InvalidInput at once for a SOURCE_DATE_EPOCH that is no time.
 */
export function originOf({ env, root, signal }: Surroundings): (image: string) => Promise<Origin> {
  const epoch = epochOf(env.SOURCE_DATE_EPOCH);
  return async (image) => {
    const { revision, time } = await readCheckout(root, definedBy(image), signal);
    return { revision, created: createdOf(epoch, time) };
  };
}
