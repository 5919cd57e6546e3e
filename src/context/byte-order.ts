/**
 * A key by which JavaScript's own string order is the order of the UTF-8 bytes. Its order of the text itself is that
 * of UTF-16, which differs beyond U+D7FF; a locale's order differs from machine to machine.
 *
 * A folder sorts as if its name ended in `/`, as git does it: so a walk that sorts each folder's own names gives all
 * paths in byte order (`a-b`, `a/`, `a/b`, `a0`), without ever holding more than the folders on the way.
 */
export function byteOrderKey(name: string, folder: boolean): string {
  return Buffer.from(folder ? `${name}/` : name).toString('latin1');
}

export function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
