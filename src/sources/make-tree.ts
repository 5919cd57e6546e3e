import type { CatalogSeries } from '../catalog/read-series.ts';
import { PatchConflict } from '../model/error.ts';
import { patchVerdictSchema } from '../model/series.ts';
import { conflictLines } from '../series/conflict-lines.ts';
import type { JudgedPatch } from '../series/judge.ts';
import { patchOwnTree } from '../series/patch-own-tree.ts';
import type { AppliedSeries } from './prepared.ts';

/**
 * Unpacks a source's tree and applies its series in their order.
 * @param tree a folder that is not there yet.
 * @param source name and version, for messages.
 * @throws PatchConflict (exit 4) naming the patch, with git's words.
 */
export async function makeTree(
  tree: string,
  unpack: (into: string) => Promise<void>,
  series: readonly CatalogSeries[],
  source: string,
  target: string,
  signal: AbortSignal,
): Promise<AppliedSeries[]> {
  await unpack(tree);
  const applied: AppliedSeries[] = [];
  for (const one of series) {
    const patches = await patchOwnTree(tree, one, target, signal);
    refuseConflict(one, patches, source);
    applied.push({
      name: one.definition.series,
      digest: one.digest,
      patches: Object.fromEntries(one.patches.map(({ id, digest }) => [id, digest])),
      verdicts: patches.map((patch) => patchVerdictSchema.parse(patch)),
    });
  }
  return applied;
}

function refuseConflict(
  { definition, patches }: CatalogSeries,
  judged: readonly JudgedPatch[],
  source: string,
): void {
  const conflict = judged.find(({ verdict }) => verdict === 'conflict');
  if (!conflict) return;
  throw new PatchConflict({
    what: `patch ${conflict.id} of series ${definition.series} does not apply to ${source}`,
    where: { file: patches.find(({ id }) => id === conflict.id)!.path },
    detail: conflictLines(conflict, '.'),
    next: 'Rework the patch for this version, or leave the series out with --without-series.',
  });
}
