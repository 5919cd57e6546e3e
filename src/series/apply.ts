import type { CatalogSeries } from '../catalog/read-series.ts';
import { ExitCode, HaloboxError, PatchConflict } from '../model/error.ts';
import { changesTo } from './changes.ts';
import { conflictLines } from './conflict-lines.ts';
import { dirtyFiles } from './dirty.ts';
import type { Tree } from './find-tree.ts';
import type { JudgedPatch, ProjectTree } from './judge.ts';
import { locked } from './lock.ts';
import { type Applied, type RecordedChange, readRecord, recordFolder, type TreeRecord } from './record.ts';
import { type Surveyed, surveyOne } from './survey.ts';
import { change, recover } from './transaction.ts';

export interface ApplyOptions {
  target: string;
  /** Patch although files of the tree have changes that are not committed. */
  allowDirty: boolean;
  /** Is told what was repaired of an earlier, killed run. */
  note: (text: string) => void;
}

/**
 * Applies a series to a tree as one: every patch that is needed, or nothing. Applied twice, the second time changes
 * nothing. What was done is recorded beside the tree, so that `revertSeries` can give every byte back.
 * @returns the series as it stood before; the patches that `apply` are those that were applied now.
 * @throws PatchConflict (exit 4) with the place in the tree; HaloboxError for a tree with changes of its own.
 */
export async function applySeries(
  series: CatalogSeries,
  tree: Tree,
  { target, allowDirty, note }: ApplyOptions,
  signal: AbortSignal,
): Promise<Surveyed> {
  const seen = await surveyOne(series, tree, target, signal);
  if (!seen.project) return seen;
  const project = seen.project.tree;
  const folder = recordFolder(project);
  return await locked(folder, async () => {
    const repaired = recover(project.root, folder);
    if (repaired) note(repaired);
    const surveyed = await surveyOne(series, tree, target, signal);
    refuseConflict(surveyed);
    if (surveyed.verdict !== 'applies' || !surveyed.project) return surveyed;
    const record = readRecord(folder);
    if (!allowDirty) await refuseDirty(project, record, signal);
    const changes = changesTo(project.root, surveyed.project.judgement.with);
    change(project.root, folder, changes, (recorded) => withSeries(record, surveyed, target, recorded));
    return surveyed;
  });
}

/** @throws PatchConflict (exit 4) for the first patch that fits nowhere. */
export function refuseConflict({ series, patches, place, applied }: Surveyed): void {
  const found = patches.find(({ verdict }) => verdict === 'conflict');
  if (!found) return;
  const path = place.state === 'present' ? place.path : '';
  const older = applied && applied.digest !== series.digest;
  throw new PatchConflict({
    what: `patch ${found.id} of series ${series.definition.series} does not fit this tree, and nothing was changed`,
    where: { file: series.patches.find(({ id }) => id === found.id)!.path },
    detail: conflictLines(found as JudgedPatch, path),
    next: older
      ? 'Another state of this series is applied here: `halobox patch revert` takes it back, then apply again.'
      : 'Rework the patch for this tree (docs/patching.md), or leave the series out.',
  });
}

async function refuseDirty(project: ProjectTree, record: TreeRecord, signal: AbortSignal): Promise<void> {
  const files = await dirtyFiles(project, record, signal);
  if (files.length === 0) return;
  throw new HaloboxError(ExitCode.failed, {
    what: `the tree has ${files.length} changed ${files.length === 1 ? 'file' : 'files'} that are not committed`,
    where: { file: project.root },
    detail: [...files.slice(0, 10), ...(files.length > 10 ? [`and ${files.length - 10} more`] : [])],
    next: 'Commit or stash them, or say --allow-dirty: reverting will keep them.',
  });
}

function withSeries(
  record: TreeRecord,
  { series, patches }: Surveyed,
  target: string,
  recorded: readonly RecordedChange[],
): TreeRecord {
  const name = series.definition.series;
  const earlier = record.applied.find((one) => one.series === name);
  const now = patches.filter(({ verdict }) => verdict === 'applies').map(({ id }) => id);
  const entry: Applied = {
    series: name,
    digest: series.digest,
    target,
    patches: [...new Set([...(earlier?.patches ?? []), ...now])],
    changes: merged(earlier?.changes ?? [], recorded),
  };
  return { version: 1, applied: [...record.applied.filter((one) => one !== earlier), entry] };
}

/** What two rounds of changes come to: from before the first to after the second. */
function merged(first: readonly RecordedChange[], second: readonly RecordedChange[]): RecordedChange[] {
  const later = new Map(second.map((one) => [one.path, one]));
  const both = first.map((one) => ({ ...one, after: (later.get(one.path) ?? one).after }));
  return [...both, ...second.filter(({ path }) => !first.some((one) => one.path === path))];
}
