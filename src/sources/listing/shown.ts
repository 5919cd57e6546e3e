/** A name from upstream as it may stand in a message: short, on one line, nothing that a terminal obeys. */
export function shown(text: string, longest = 120): string {
  const short = text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
  // Control and format characters (C0, DEL, C1, bidirectional marks), line separators, lone surrogates.
  return short.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (sign) => {
    const code = sign.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}
