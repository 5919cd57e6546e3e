import { posix } from 'node:path';

const prefix = '.wh.';
const opaque = '.wh..wh..opq';

/**
 * What an entry of a layer takes away of the layers below: one path, or all that is in a folder; undefined: nothing, it
 * brings something. https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
 * @param path relative, without `.` in it.
 */
export function whiteoutOf(path: string): { removed: string } | { emptied: string } | undefined {
  const [name, folder] = [posix.basename(path), posix.dirname(path)];
  if (name === opaque) return { emptied: folder };
  if (name.startsWith(prefix)) return { removed: posix.join(folder, name.slice(prefix.length)) };
  return undefined;
}
