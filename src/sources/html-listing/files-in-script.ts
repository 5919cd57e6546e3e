/**
 * The list that stands behind `files =` in a page's script. It was written as JSON, so it is read as JSON; nothing of
 * the script is run.
 * @returns undefined when there is none.
 */
export function filesInScript(script: string): unknown[] | undefined {
  const start = /\bfiles\s{0,9}=\s{0,9}(?=\[)/.exec(script);
  if (!start) return undefined;
  const begin = start.index + start[0].length;
  const end = endOfJson(script, begin);
  if (end === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(script.slice(begin, end));
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The index after the bracket that closes the one at `begin`; brackets within strings do not count. Sign by sign: a
 * pattern for strings would begin anew at each quote of a string that never ends.
 */
function endOfJson(text: string, begin: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let index = begin; index < text.length; index += 1) {
    const sign = text[index];
    if (quoted) {
      if (sign === '\\') index += 1;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === '[') depth += 1;
    else if (sign === ']') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return undefined;
}
