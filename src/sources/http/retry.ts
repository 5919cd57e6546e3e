/** One request and three more. */
export const mostTries = 4;

/** A server that wants more is not waited for: the person is told. Milliseconds. */
export const longestWait = 60_000;

const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Whether the same request may well be answered otherwise a little later. */
export function passes(status: number): boolean {
  return passing.has(status);
}

/**
 * How long the server asks to wait, in milliseconds: Retry-After as seconds or as a date (RFC 9110, 10.2.3), and
 * GitHub's headers for a used-up limit, which come with 403 too
 * (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
 * @param now milliseconds since 1970.
 */
export function askedToWait(headers: Headers, now: number): number | undefined {
  const after = headers.get('retry-after')?.trim();
  if (after !== undefined && /^\d{1,9}$/.test(after)) return Number(after) * 1000;
  const date = after === undefined ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  const reset = headers.get('x-ratelimit-reset');
  if (headers.get('x-ratelimit-remaining') !== '0' || !/^\d{1,11}$/.test(reset ?? '')) return undefined;
  return Math.max(0, Number(reset) * 1000 - now);
}

/**
 * How long to wait before trying again, in milliseconds: about 0.5, 1, 2 seconds, scattered so that many clients do not
 * come back at the same moment, and never less than the server asks for.
 * @param tries how many there were.
 */
export function backOff(tries: number, asked: number | undefined, random = Math.random()): number {
  return Math.max(asked ?? 0, 500 * 2 ** (tries - 1) * (0.5 + random / 2));
}
