import { fixedTime } from '../assemble/part-blocks.ts';
import { InvalidInput } from '../model/error.ts';

/**
 * When a released image was made, as it says of itself: what SOURCE_DATE_EPOCH says, else the time of the commit that it
 * is made from, else that of its files. Never the clock's, so that the same commit gives the same image on every day.
 */
export function createdOf(epoch: Date | undefined, commit: Date | undefined): Date {
  return epoch ?? commit ?? new Date(fixedTime * 1000);
}

/**
 * https://reproducible-builds.org/specs/source-date-epoch/
 * @param text value of SOURCE_DATE_EPOCH.
 * @throws InvalidInput for what is no number of seconds.
 */
export function epochOf(text: string | undefined): Date | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^[0-9]{1,11}$/.test(text)) return new Date(Number(text) * 1000);
  throw new InvalidInput({
    what: `${JSON.stringify(text)} is no number of seconds since 1970`,
    where: 'SOURCE_DATE_EPOCH',
    next: 'Correct it, or unset it: the time of the commit counts then.',
  });
}
