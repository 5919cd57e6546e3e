import { fixedTime } from '../assemble/part-blocks.ts';
import { InvalidInput } from '../model/error.ts';

/**
 * When a released image was made, as it says of itself: what SOURCE_DATE_EPOCH says (https://reproducible-builds.org/specs/source-date-epoch/),
 * else the time of the commit that it is made from, else that of its files. Never the clock's, so that the same
 * commit gives the same image on every day.
 * @throws InvalidInput for a SOURCE_DATE_EPOCH that is no number of seconds.
 */
export function createdOf(epoch: string | undefined, commit: Date | undefined): Date {
  if (epoch === undefined || epoch === '') return commit ?? new Date(fixedTime * 1000);
  if (/^[0-9]{1,11}$/.test(epoch)) return new Date(Number(epoch) * 1000);
  throw new InvalidInput({
    what: `${JSON.stringify(epoch)} is no number of seconds since 1970`,
    where: 'SOURCE_DATE_EPOCH',
    next: 'Correct it, or unset it: the time of the commit counts then.',
  });
}
