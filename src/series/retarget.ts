/**
 * A patch for another GPU target than the one that it names: the target's name is replaced wherever it stands as a
 * word, `__gfx1151__` included. Lines stay lines, so that the lengths of hunks stay right.
 */
export function retarget(text: string, written: string, target: string): string {
  return target === written
    ? text
    : text.replaceAll(new RegExp(`(?<![0-9A-Za-z])${written}(?![0-9A-Za-z])`, 'g'), target);
}
