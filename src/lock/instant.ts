import type { Candidate } from '../model/candidate.ts';
import { InvalidInput } from '../model/error.ts';
import { type GrammarName, grammarOf } from '../model/version-grammar.ts';

export const day = 24 * 60 * 60 * 1000;

/** When a candidate was made, milliseconds since 1970; a day counts from its beginning (UTC). Undefined: not known. */
export function madeAt({ date, stamp, version }: Candidate, grammar: GrammarName): number | undefined {
  return (
    instantOf(date) ??
    instantOf(stamp === undefined ? undefined : grammarOf('pep440').dateOf(stamp)) ??
    instantOf(grammarOf(grammar).dateOf(version))
  );
}

/**
 * The last millisecond that `--as-of` takes in.
 * @throws InvalidInput
 */
export function lastMomentOf(asOf: string): number {
  const at = instantOf(asOf);
  if (at === undefined)
    throw new InvalidInput({
      what: `--as-of ${asOf}: is no date`,
      next: 'give a day such as 2026-07-01, or an instant such as 2026-07-01T12:00:00Z',
    });
  return asOf.length === '2026-07-01'.length ? at + day - 1 : at;
}

/** ISO 8601; without an offset it is UTC, on every machine. */
function instantOf(text: string | undefined): number | undefined {
  const [, date, time, offset] =
    /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)(Z|[+-][0-9]{2}:[0-9]{2})?)?$/.exec(
      text ?? '',
    ) ?? [];
  if (date === undefined) return undefined;
  const at = Date.parse(`${date}T${time ?? '00:00'}${offset ?? 'Z'}`);
  // 2026-02-30 is taken for the second of March.
  const real = new Date(`${date}T00:00Z`);
  return Number.isNaN(at) || !real.toISOString().startsWith(date) ? undefined : at;
}
