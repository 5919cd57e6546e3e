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
  for (const { files, removed, emptied } of layers) {
    const gone = new Set([...emptied, ...removed]);
    for (const [path, fact] of files) {
      const before = shown.get(path);
      if (before !== undefined && isFolder(before) && !isFolder(fact)) gone.add(path);
    }
    // Once for all of a layer: a step that removes thousands of files of a large tree is nothing rare.
    if (gone.size > 0) for (const path of shown.keys()) if (isBelow(path, gone)) shown.delete(path);
    for (const path of removed) shown.set(path, undefined);
    for (const [path, fact] of files) shown.set(path, fact);
  }
  return shown;
}

/** Whether one of the folders holds the path, at any depth. */
export function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.has('.')) return true;
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    if (folders.has(path.slice(0, end))) return true;
  return false;
}
