/** One argument of a CMake call, without quotes; `bare` when it was written without any. */
export interface Argument {
  text: string;
  bare: boolean;
}

/**
 * Spaces, comments, quoted and bracket arguments, parentheses and plain words of a CMake file, in this order. What is
 * never closed reaches to the end, so that no text takes more than one pass.
 */
const token =
  /\s+|#\[(=*)\[[\s\S]*?(?:\]\1\]|$)|#[^\n]*|"((?:[^"\\]|\\[\s\S])*)(?:"|$)|\[(=*)\[([\s\S]*?)(?:\]\3\]|$)|[()]|(?:[^\s()#"\\]|\\[\s\S])+|[\s\S]/g;

/**
 * The calls of one command in a CMake file, by the language's own rules for comments and quotes, so that a name in a
 * comment is no argument. https://cmake.org/cmake/help/latest/manual/cmake-language.7.html#syntax
 * @returns the arguments of each call; inner parentheses are left out.
 */
export function cmakeCalls(source: string, command: string): Argument[][] {
  const calls: Argument[][] = [];
  let depth = 0;
  let last = '';
  let current: Argument[] | undefined;
  for (const match of source.matchAll(token)) {
    const [text, , quoted, , bracket] = match;
    if (/^[\s#]/.test(text)) continue;
    if (text === '(') {
      if (depth === 0 && last.toLowerCase() === command.toLowerCase()) current = [];
      depth++;
    } else if (text === ')') {
      depth = Math.max(0, depth - 1);
      if (depth === 0 && current) {
        calls.push(current);
        current = undefined;
      }
    } else {
      const plain = quoted ?? bracket;
      current?.push({ text: plain ?? text, bare: plain === undefined });
    }
    last = text;
  }
  return calls;
}
