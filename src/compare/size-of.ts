import type { ImageSource } from './image-source.ts';
import { layerFiles } from './layer-files.ts';

export interface ImageSize {
  layers: { by: string; packed: number /** Bytes of its files. */; unpacked: number; files: number }[];
  /** The folders that take the most room as the image shows them, the largest first. Bytes. */
  folders: { path: string; size: number; files: number }[];
  packed: number;
  unpacked: number;
}

/** How many names down a folder is told apart from its siblings: /usr/lib/python3 says more than /usr. */
const depth = 3;

/** What takes the room in an image: by layer, and by folder over all of them. */
export async function sizeOf({ layers }: ImageSource, signal: AbortSignal): Promise<ImageSize> {
  const rows: ImageSize['layers'] = [];
  const shown = new Map<string, number>();
  for (const layer of layers) {
    const { files, removed, emptied } = await layerFiles(await layer.file(), signal);
    const sizes = [...files.values()].map(({ size }) => size);
    rows.push({ by: layer.by, packed: layer.packed, unpacked: sum(sizes), files: files.size });
    for (const gone of [...removed, ...emptied])
      for (const path of shown.keys()) if (path === gone || path.startsWith(`${gone}/`)) shown.delete(path);
    for (const [path, { size }] of files) shown.set(path, size);
  }
  const folders = new Map<string, { size: number; files: number }>();
  for (const [path, size] of shown) {
    const folder = path.split('/').slice(0, -1).slice(0, depth).join('/') || '.';
    const before = folders.get(folder) ?? { size: 0, files: 0 };
    folders.set(folder, { size: before.size + size, files: before.files + 1 });
  }
  return {
    layers: rows,
    folders: [...folders]
      .map(([path, facts]) => ({ path: `/${path === '.' ? '' : path}`, ...facts }))
      .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1)),
    packed: sum(rows.map(({ packed }) => packed)),
    unpacked: sum([...shown.values()]),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
