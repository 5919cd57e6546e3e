import { secondsText } from './seconds.ts';

/**
 * How long a build takes, by what is known: `about 12 s`, `at least 12 s`; undefined where nothing is known.
 * @param build how many layers are built.
 */
export function estimateText(
  { seconds, unknown }: { seconds: number; unknown: readonly string[] },
  build: number,
): string | undefined {
  if (unknown.length === build) return undefined;
  return `${unknown.length > 0 ? 'at least' : 'about'} ${secondsText(seconds)}`;
}
