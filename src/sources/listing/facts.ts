/** A moment as a place tells it, as ISO 8601 in UTC; nothing for what is none. */
export function momentOf(text: unknown): string | undefined {
  // Only the forms that carry year to day in this order: `Date` would guess at others, by the machine's own zone.
  if (
    typeof text !== 'string' ||
    !/^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,20}(Z|[+-][0-9]{2}:?[0-9]{2})$/.test(text)
  ) {
    return undefined;
  }
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace('.000Z', 'Z');
}

/** A number of bytes as a place tells it, in digits or as a number. */
export function bytesOf(value: unknown): number | undefined {
  const size = typeof value === 'string' && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

/** A sha256 as a place tells it, in lower case; nothing for what is none. */
export function sha256Of(text: unknown): string | undefined {
  return typeof text === 'string' && /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined;
}
