import { Unquotable } from './unquotable.ts';

/**
 * One word for a POSIX shell, quoted only where needed.
 * @throws Unquotable for control characters: a line break ends a RUN instruction even inside quotes; and for `<<`.
 */
export function shellWord(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new Unquotable('holds a line break or another control character');
  // BuildKit looks for here-documents before the shell sees any quotes.
  if (text.includes('<<')) throw new Unquotable('holds "<<"');
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
