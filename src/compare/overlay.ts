/** What a layer says, whatever is known of a file. */
export interface LayerTree<Fact> {
  /** By path without a slash in front; of a path that stands there twice the last counts. */
  files: ReadonlyMap<string, Fact>;
  /** Paths that the layer takes away, https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts */
  removed: ReadonlySet<string>;
  /** Folders whose earlier content it takes away. */
  emptied: ReadonlySet<string>;
}

/**
 * What layers on top of each other show: each path as the highest one has it. `undefined`: taken away from below.
 * What is no folder any more has taken all with it that was inside.
 */
export function overlay<Fact>(
  layers: readonly LayerTree<Fact>[],
  isFolder: (fact: Fact) => boolean,
): Map<string, Fact | undefined> {
  const shown = new Map<string, Fact | undefined>();
  const dropBelow = (folder: string): void => {
    const inside = folder === '.' ? '' : `${folder}/`;
    for (const path of shown.keys()) if (path.startsWith(inside) && path !== folder) shown.delete(path);
  };
  for (const { files, removed, emptied } of layers) {
    for (const folder of emptied) dropBelow(folder);
    for (const path of removed) {
      dropBelow(path);
      shown.set(path, undefined);
    }
    for (const [path, fact] of files) {
      const before = shown.get(path);
      if (before !== undefined && isFolder(before) && !isFolder(fact)) dropBelow(path);
      shown.set(path, fact);
    }
  }
  return shown;
}
