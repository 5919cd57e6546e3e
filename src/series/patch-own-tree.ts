import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CatalogSeries } from '../catalog/read-series.ts';
import { changesTo } from './changes.ts';
import { type JudgedPatch, judge } from './judge.ts';
import { treeVersion } from './tree-version.ts';

/**
 * Applies a series to a tree that is ours alone, such as a source that was just unpacked: nothing is recorded, and
 * whoever is killed throws the tree away.
 * @returns the verdict on each patch; after a conflict the tree is as it was.
 */
export async function patchOwnTree(
  root: string,
  series: CatalogSeries,
  target: string,
  signal: AbortSignal,
): Promise<readonly JudgedPatch[]> {
  const tree = { root, version: treeVersion(root, series.project), git: undefined };
  // Nobody has patched it yet: what reads like a patch is upstream's.
  const upstreams = async () => ({ ours: false, how: "upstream's tree holds the very text of the patch" });
  const { patches, with: wanted } = await judge(series, tree, target, signal, new Set(), upstreams);
  if (patches.some(({ verdict }) => verdict === 'conflict')) return patches;
  for (const { path, after } of changesTo(root, wanted)) {
    const file = join(root, path);
    if (!after) {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, after.content, { mode: after.mode });
  }
  return patches;
}
