import { isDeepStrictEqual } from 'node:util';
import { isBelow, overlay } from '../compare/overlay.ts';
import { EngineError } from '../model/error.ts';
import type { Assembly } from '../plan/assembly.ts';
import type { Inode, Tree } from './inode.ts';
import { isOutput } from './output-path.ts';
import { findOwners } from './owners/find-owners.ts';
import { type OwnedPath, type Part, partsOf } from './parts.ts';
import type { ReadLayer } from './read-layer.ts';

export interface Composed {
  tree: Tree;
  parts: readonly Part[];
}

/**
 * The whole tree of a built image, and into which parts it goes.
 * @param built layers of the image as the engine made them, from the lowest on.
 * @param stands for each of `built` the halobox layer whose step made it.
 * @throws EngineError (exit 6) for an output that is not in the image.
 */
export function compose(
  built: readonly ReadLayer[],
  stands: readonly string[],
  { layers, parts }: Pick<Assembly, 'layers' | 'parts'>,
): Composed {
  const tree = new Map<string, Inode>();
  const madeBy = new Map<string, string>();
  for (const [path, found] of overlay(placed(built), ({ inode }) => inode.type === 'directory')) {
    if (found === undefined) continue;
    tree.set(path, found.inode);
    madeBy.set(path, stands[found.at]!);
  }
  for (const { layer, outputs } of layers) {
    for (const pattern of outputs) {
      const own = [...tree.keys()].filter((path) => isOutput(pattern, path));
      if (own.length === 0) throw noOutput(layer, pattern);
      for (const path of own) madeBy.set(path, layer);
    }
  }
  return { tree, parts: partsOf(ownedPaths(tree, madeBy, findOwners(tree)), layers, parts) };
}

/** What a layer has, and which of them brought it. A folder that it has as it was is there as the way to something else. */
function placed(built: readonly ReadLayer[]) {
  const folders = new Map<string, { inode: Inode; at: number }>();
  return built.map(({ files, removed, emptied }, at) => {
    const gone = new Set([...removed, ...emptied]);
    const own = new Map<string, { inode: Inode; at: number }>();
    for (const [path, inode] of files) {
      const below = folders.get(path);
      const one = below && sameFolder(below.inode, inode) ? below : { inode, at };
      if (inode.type === 'directory') folders.set(path, one);
      else if (folders.delete(path)) gone.add(path);
      own.set(path, one);
    }
    // One that comes again is another. Engines tell it in different ways, so what the layer itself has is left out.
    if (gone.size > 0)
      for (const path of folders.keys())
        if (!files.has(path) && (gone.has(path) || isBelow(path, gone))) folders.delete(path);
    return { files: own, removed, emptied };
  });
}

/** Its time counts for nothing: no released file keeps it. */
function sameFolder(below: Inode, inode: Inode): boolean {
  const facts = ({ type, mode, uid, gid, xattrs }: Inode) => ({ type, mode, uid, gid, xattrs });
  return isDeepStrictEqual(facts(below), facts(inode));
}

/** Folders come with what is in them; only an empty one is a thing of its own. Hard links stay together. */
function* ownedPaths(
  tree: Tree,
  madeBy: ReadonlyMap<string, string>,
  owners: ReadonlyMap<string, string>,
): Generator<OwnedPath> {
  const filled = new Set([...tree.keys()].map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))));
  const first = new Map<Inode, string>();
  for (const path of [...tree.keys()].sort()) {
    const inode = tree.get(path)!;
    if (inode.type === 'directory' && filled.has(path)) continue;
    const name = first.get(inode) ?? path;
    const size = first.has(inode) ? 0 : inode.size;
    first.set(inode, name);
    yield { path, layer: madeBy.get(name)!, owner: owners.get(name), size };
  }
}

function noOutput(layer: string, pattern: string): EngineError {
  return new EngineError({
    what: `layer ${layer} declares the output ${pattern}, and the image has nothing there`,
    where: `layers.${layer}.outputs`,
    next: 'Correct the path, or copy it into the image in the template of the final layer.',
  });
}
