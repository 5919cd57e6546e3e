import type { FileFact, LayerFiles } from './layer-files.ts';

/** What layers on top of each other show: each path as the highest one has it. `undefined`: taken away from below. */
export function overlay(layers: readonly LayerFiles[]): Map<string, FileFact | undefined> {
  const shown = new Map<string, FileFact | undefined>();
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
    for (const [path, fact] of files) shown.set(path, fact);
  }
  return shown;
}
