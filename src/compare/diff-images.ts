import type { ImageLayer, ImageSource } from './image-source.ts';
import { type FileFact, type LayerFiles, layerFiles } from './layer-files.ts';
import { overlay } from './overlay.ts';

interface FileChange {
  path: string;
  change: 'added' | 'removed' | 'changed';
  /** Bytes, where it is there. */
  from?: number;
  to?: number;
}

interface LayerChange {
  by: string;
  diffId: string;
  /** Bytes over the line. */
  packed: number;
  /** `both`: the same in either image. */
  in: 'both' | 'old' | 'new';
}

export interface ImageDiff {
  labels: { name: string; from?: string; to?: string }[];
  layers: LayerChange[];
  /** Sorted by path; what only differs in its times is no change. */
  files: FileChange[];
  /** Bytes over the line that somebody with the old image needs for the new one. */
  pull: number;
}

/**
 * What tells two images apart. Layers that both have below everything else are not looked into: they may be gigabytes
 * that nobody needs to fetch. So a file that replaces one of theirs counts as added.
 * @throws what bringing the layers throws.
 */
export async function diffImages(
  old: ImageSource,
  now: ImageSource,
  signal: AbortSignal,
): Promise<ImageDiff> {
  const common = commonLayers(old, now);
  const read = async ({ layers }: ImageSource): Promise<LayerFiles[]> => {
    const all: LayerFiles[] = [];
    for (const layer of layers.slice(common)) all.push(await layerFiles(await layer.file(), signal));
    return all;
  };
  const isFolder = ({ folder }: FileFact) => folder;
  const [before, after] = [overlay(await read(old), isFolder), overlay(await read(now), isFolder)];
  const held = new Set(old.layers.map(({ diffId }) => diffId));
  const missing = new Map(
    now.layers.filter(({ diffId }) => !held.has(diffId)).map((one) => [one.diffId, one]),
  );
  return {
    labels: labelChanges(old.labels, now.labels),
    layers: layerChanges(old.layers, now.layers),
    files: [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
      const [from, to] = [before.get(path), after.get(path)];
      // Both undefined: one of the two takes it away from the layers below.
      if (from?.mark === to?.mark && before.has(path) === after.has(path)) return [];
      if (from === undefined && to === undefined && before.has(path))
        return [{ path, change: 'added' } as const];
      const gone = to === undefined && (from !== undefined || after.has(path));
      const change = gone ? 'removed' : from === undefined ? 'added' : 'changed';
      return [{ path, change, ...(from && { from: from.size }), ...(to && { to: to.size }) } as const];
    }),
    pull: [...missing.values()].reduce((sum, { packed }) => sum + packed, 0),
  };
}

/** How many layers are the same from the lowest on. */
function commonLayers(old: ImageSource, now: ImageSource): number {
  const different = now.layers.findIndex(({ diffId }, index) => diffId !== old.layers[index]?.diffId);
  return different === -1 ? now.layers.length : different;
}

function layerChanges(old: readonly ImageLayer[], now: readonly ImageLayer[]): LayerChange[] {
  const [before, after] = [old, now].map((layers) => new Set(layers.map(({ diffId }) => diffId)));
  const plain = ({ by, diffId, packed }: ImageLayer) => ({ by, diffId, packed });
  return [
    ...old.filter(({ diffId }) => !after!.has(diffId)).map((one) => ({ ...plain(one), in: 'old' as const })),
    ...now.map((one) => ({
      ...plain(one),
      in: before!.has(one.diffId) ? ('both' as const) : ('new' as const),
    })),
  ];
}

function labelChanges(
  from: ImageSource['labels'],
  to: ImageSource['labels'],
): { name: string; from?: string; to?: string }[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].sort().flatMap((name) => {
    const [before, after] = [from[name], to[name]];
    if (before === after) return [];
    return [
      { name, ...(before !== undefined && { from: before }), ...(after !== undefined && { to: after }) },
    ];
  });
}
