/**
 * Tells of a path whether it is one of those that a pattern of `outputs` means: itself, or below it; `*` stands for any
 * characters of one name.
 * @param pattern absolute. @param path without a slash in front.
 */
export function isOutput(pattern: string, path: string): boolean {
  const names = pattern.split('/').filter(Boolean);
  const found = path.split('/');
  return found.length >= names.length && names.every((name, index) => fits(name, found[index]!));
}

function fits(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 's').test(name);
}
