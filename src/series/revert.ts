import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogSeries } from '../catalog/read-series.ts';
import { ExitCode, HaloboxError } from '../model/error.ts';
import { changesTo } from './changes.ts';
import type { Tree } from './find-tree.ts';
import { locked } from './lock.ts';
import { type Applied, type RecordedState, readRecord, recordFolder } from './record.ts';
import type { FileState } from './stage.ts';
import { type Surveyed, surveyOne } from './survey.ts';
import { type Change, change, foldersOf, recover, sameState, stateOf } from './transaction.ts';

/**
 * Takes a series back. What halobox recorded is given back byte for byte; where files were changed since, and for
 * patches that somebody else applied, git takes the patches' lines back and leaves the rest.
 * @returns the patches that were taken back.
 * @throws HaloboxError when files were changed in the very lines that the patches made; nothing is changed then.
 */
export async function revertSeries(
  series: CatalogSeries,
  tree: Tree,
  { target, note }: { target: string; note: (text: string) => void },
  signal: AbortSignal,
): Promise<{ surveyed: Surveyed; reverted: readonly string[] }> {
  const seen = await surveyOne(series, tree, target, signal);
  if (!seen.project) return { surveyed: seen, reverted: [] };
  const { root } = seen.project.tree;
  const folder = recordFolder(seen.project.tree);
  return await locked(folder, async () => {
    const repaired = recover(root, folder);
    if (repaired) note(repaired);
    const record = readRecord(folder);
    const name = series.definition.series;
    const entry = record.applied.find((one) => one.series === name);
    const surveyed = await surveyOne(series, tree, entry?.target ?? target, signal);
    const there = surveyed.patches
      .filter((patch) => patch.verdict === 'applied' && !('earlier' in patch && patch.earlier))
      .map(({ id }) => id);
    if (!entry && there.length === 0) return { surveyed, reverted: [] };
    const untouched = entry?.changes.every(({ path, after }) => sameState(after, stateOf(root, path)));
    let wanted: ReadonlyMap<string, FileState | undefined>;
    if (entry && untouched) {
      wanted = new Map(entry.changes.map(({ path, before }) => [path, fromBlob(folder, before)]));
    } else {
      refuseChanged(root, entry, there);
      wanted = surveyed.project!.judgement.without;
    }
    const next = { version: 1 as const, applied: record.applied.filter((one) => one !== entry) };
    const changes = changesTo(root, wanted).map((one): Change => {
      const recorded = entry?.changes.find(({ path }) => path === one.path);
      // Without a record, as git does it: folders that are left empty go.
      if (!one.after) return { ...one, folders: recorded?.folders ?? foldersOf(one.path) };
      const mode = recorded?.before?.mode ?? one.after.mode;
      return { ...one, after: { ...one.after, mode } };
    });
    change(root, folder, changes, () => next);
    return { surveyed, reverted: entry && untouched ? entry.patches : there };
  });
}

function fromBlob(folder: string, before: RecordedState): FileState | undefined {
  if (before === null) return undefined;
  return {
    content: readFileSync(join(folder, 'blobs', before.sha256)),
    executable: (before.mode & 0o100) !== 0,
  };
}

/** Files were changed since: what is recorded as ours has to be found by its lines, all of it. */
function refuseChanged(root: string, entry: Applied | undefined, there: readonly string[]): void {
  const lost = entry?.patches.filter((id) => !there.includes(id)) ?? [];
  if (lost.length === 0) return;
  const changed = entry!.changes.filter(({ path, after }) => !sameState(after, stateOf(root, path)));
  throw new HaloboxError(ExitCode.failed, {
    what: `lines that ${lost.length === 1 ? 'patch' : 'patches'} ${lost.join(', ')} made were changed since, so they can't be taken back`,
    where: { file: root },
    detail: changed.map(({ path }) => path),
    next: 'Undo those changes, or bring the files back with git; then revert again.',
  });
}
