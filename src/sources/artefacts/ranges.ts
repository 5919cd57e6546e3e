/** The Last-Modified of a file that changed twice within a second tells nothing; a minute is safe with any clock. */
const settled = 60_000;

/**
 * What proves, in If-Range, that a file is the very one whose beginning is there: a strong ETag, or a date that is
 * long enough past (RFC 9110, 8.8.2.2 and 13.1.5). undefined: it can't be continued.
 */
export function strongValidator(headers: Headers): string | undefined {
  const tag = headers.get('etag');
  if (tag !== null) return tag.startsWith('"') ? tag : undefined;
  const modified = headers.get('last-modified') ?? '';
  return Date.parse(headers.get('date') ?? '') - Date.parse(modified) >= settled ? modified : undefined;
}

/** Asks for the rest from `offset`, or for everything when the file is another one by now. */
export function rangeHeaders(offset: number, validator: string): Record<string, string> {
  return { range: `bytes=${offset}-`, 'if-range': validator };
}

/**
 * Of an answer 206 with one part, or 416 (RFC 9110, 14.4): where the part begins, nowhere with 416, and the bytes of the
 * whole, where the server knows them.
 */
export function readContentRange(
  headers: Headers,
): { start: number | undefined; total: number | undefined } | undefined {
  const text = headers.get('content-range')?.trim() ?? '';
  const found = /^bytes (?:(\d{1,15})-\d{1,15}|\*)\/(?:(\d{1,15})|\*)$/i.exec(text);
  const number = (digits: string | undefined) => (digits === undefined ? undefined : Number(digits));
  return found ? { start: number(found[1]), total: number(found[2]) } : undefined;
}

/** Without its query: signed addresses have another one each time. */
export function samePlace(one: string, other: string): boolean {
  return one.split('?')[0] === other.split('?')[0];
}
