import { createHash, randomUUID } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { ExitCode, HaloboxError } from '../model/error.ts';
import { syncFolder, writeDurably } from '../store/durable.ts';
import { findInside } from './inside-tree.ts';
import {
  changeSchema,
  type RecordedChange,
  type RecordedState,
  readJson,
  readRecord,
  recordSchema,
  removeEmptyRecord,
  type TreeRecord,
} from './record.ts';

/** A file of the tree that is to change, whole. */
export interface Change {
  path: string;
  before: FileContent | undefined;
  after: FileContent | undefined;
  /** Folders that go with a file that is removed, outermost first, where they are empty then. */
  folders?: readonly string[];
}

export interface FileContent {
  content: Buffer;
  /** Permission bits. */
  mode: number;
}

const journalSchema = z.strictObject({
  version: z.literal(1),
  changes: z.array(changeSchema),
  /** The record as it is once all of them are made. */
  next: recordSchema,
});

const journalName = 'journal.json';

/**
 * Changes several files of a tree as one: what is about to be done is written down first, with every content, so that a
 * run that was killed at any moment is undone (or found to be done) by the next, see `recover`.
 * @param folder `recordFolder` of the tree.
 * @param next makes the new record from the changes as recorded.
 */
export function change(
  root: string,
  folder: string,
  changes: readonly Change[],
  next: (changes: RecordedChange[]) => TreeRecord,
): void {
  try {
    const recorded = changes.map((one) => recordedChange(root, folder, one));
    const journal = {
      version: 1 as const,
      changes: recorded,
      next: { ...next(recorded), transaction: randomUUID() },
    };
    writeDurably(join(folder, journalName), `${JSON.stringify(journal, undefined, 2)}\n`);
    for (const one of recorded) install(root, folder, one, one.after);
    finish(folder, journal.next);
  } catch (error) {
    // A full disk, a folder without the right to write: what was done so far is undone at once.
    recover(root, folder);
    throw error;
  }
}

/** A change with its contents kept beside, by which it can be made and unmade. */
function recordedChange(
  root: string,
  folder: string,
  { path, before, after, folders }: Change,
): RecordedChange {
  const blobs = join(folder, 'blobs');
  mkdirSync(blobs, { recursive: true });
  const keep = (file: FileContent | undefined): RecordedState => {
    if (!file) return null;
    const sha256 = digest(file.content);
    if (!existsSync(join(blobs, sha256))) writeDurably(join(blobs, sha256), file.content, { mode: 0o600 });
    return { sha256, mode: file.mode };
  };
  const made = foldersOf(path).filter((one) => !existsSync(join(root, one)));
  return { path, before: keep(before), after: keep(after), folders: [...(folders ?? made)] };
}

/**
 * Brings a tree that a killed run left half changed back to what it was before that run.
 * @returns what was done, for the person; undefined when nothing was to do.
 * @throws HaloboxError naming the files when somebody changed them meanwhile.
 */
export function recover(root: string, folder: string): string | undefined {
  const file = join(folder, journalName);
  const record = readRecord(folder);
  if (!existsSync(file)) {
    // Killed before it wrote the journal, or after it removed it: the tree is whole.
    if (record.applied.length === 0 && existsSync(folder)) removeEmptyRecord(folder);
    return undefined;
  }
  const { changes, next } = readJson(file, journalSchema);
  if (record.transaction === next.transaction) {
    finish(folder, next);
    return 'an earlier run was killed when all of its work was done but the tidying up';
  }
  const strange = changes.filter(({ path, before, after }) => {
    const now = stateOf(root, path);
    return ![before, after].some((state) => sameState(state, now));
  });
  if (strange.length > 0) {
    throw new HaloboxError(ExitCode.failed, {
      what: 'an earlier run was killed while it patched this tree, and files were changed since',
      where: { file: root },
      detail: strange.map(({ path, before }) =>
        before
          ? `${path}, whose text before was ${join(folder, 'blobs', before.sha256)}`
          : `${path}, which was not there before`,
      ),
      next: `Put them as they were (git checkout does), run the command again; or keep the tree as it is and remove ${folder}.`,
    });
  }
  for (const one of [...changes].reverse()) {
    const untouched = sameState(one.before, stateOf(root, one.path)) && !existsSync(besideOf(root, one.path));
    if (!untouched) install(root, folder, one, one.before);
  }
  finish(folder, record);
  return `an earlier run was killed while it patched this tree; its ${changes.length} files are as they were before`;
}

/** Whether a killed run left the tree half changed. */
export function isHalfDone(folder: string): boolean {
  return existsSync(join(folder, journalName));
}

function finish(folder: string, record: TreeRecord): void {
  writeDurably(join(folder, 'record.json'), `${JSON.stringify(record, undefined, 2)}\n`);
  rmSync(join(folder, journalName), { force: true });
  syncFolder(folder);
  const needed = new Set(
    record.applied.flatMap(({ changes }) => changes.map(({ before }) => before?.sha256)),
  );
  const blobs = join(folder, 'blobs');
  for (const blob of existsSync(blobs) ? readdirSync(blobs) : []) {
    if (!needed.has(blob)) rmSync(join(blobs, blob), { force: true });
  }
  if (record.applied.length === 0) removeEmptyRecord(folder);
}

/** Makes one file what it shall be; made twice it is the same. */
function install(root: string, folder: string, change: RecordedChange, to: RecordedState): void {
  const path = join(root, change.path);
  const beside = besideOf(root, change.path);
  rmSync(beside, { force: true, recursive: true });
  if (to === null) {
    rmSync(path, { force: true });
    for (const made of [...change.folders].reverse()) removeIfEmpty(join(root, made));
    return;
  }
  const found = findInside(root, change.path);
  if (found.kind === 'refused')
    throw new HaloboxError(ExitCode.failed, { what: found.why, where: { file: root } });
  mkdirSync(dirname(path), { recursive: true });
  if (sameState(to, stateOf(root, change.path))) return;
  writeDurably(path, readFileSync(join(folder, 'blobs', to.sha256)), { mode: to.mode, beside });
}

/** Where a file is written before it is renamed; the same each time, so that a killed run's is found. */
function besideOf(root: string, path: string): string {
  return join(root, dirname(path), `.${basename(path)}.halobox-partial`);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody put something else there, or it is gone already.
  }
}

/** What stands at a path now. */
export function stateOf(root: string, path: string): RecordedState {
  const found = findInside(root, path);
  if (found.kind !== 'file') return null;
  return { sha256: digest(readFileSync(found.path)), mode: lstatSync(found.path).mode & 0o777 };
}

export function sameState(one: RecordedState, other: RecordedState): boolean {
  return one === null || other === null
    ? one === other
    : one.sha256 === other.sha256 && one.mode === other.mode;
}

/** The folders above a file, outermost first. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
