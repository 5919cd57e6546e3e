/** `therock-dist-linux-gfx1151-{version}.tar.gz`, cut at the version. */
export interface FilePattern {
  prefix: string;
  suffix: string;
}

/** @param text holds `{version}` exactly once, as the schema makes sure. */
export function filePattern(text: string): FilePattern {
  const [prefix = '', suffix = ''] = text.split('{version}');
  return { prefix, suffix };
}

/** What stands in the version's place, whatever it is; nothing when the name is another file's. */
export function versionIn(name: string, { prefix, suffix }: FilePattern): string | undefined {
  return name.length > prefix.length + suffix.length && name.startsWith(prefix) && name.endsWith(suffix)
    ? name.slice(prefix.length, name.length - suffix.length)
    : undefined;
}
