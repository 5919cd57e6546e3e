import { definedBy, readCheckout } from '../build/checkout.ts';
import { createdOf, epochOf } from '../build/created.ts';
import type { Origin } from '../plan/labels.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Tells of images where they come from. Git is asked at once, beside whatever else is done until somebody wants to know.
 * @param images names as a person gave them.
 * @throws InvalidInput at once for a SOURCE_DATE_EPOCH that is no time.
 */
export function originsOf(
  images: readonly string[],
  { env, root, signal }: Surroundings,
): (image: string) => Promise<Origin> {
  const epoch = epochOf(env.SOURCE_DATE_EPOCH);
  const read = async (image: string): Promise<Origin> => {
    const { revision, time } = await readCheckout(root, definedBy(image), signal);
    return { revision, created: createdOf(epoch, time) };
  };
  const origins = new Map(images.map((image) => [image, read(image)]));
  // An interruption is heard by whoever wants to know.
  for (const origin of origins.values()) origin.catch(() => {});
  return (image) => origins.get(image)!;
}
