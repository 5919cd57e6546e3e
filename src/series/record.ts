import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { ExitCode, HaloboxError } from '../model/error.ts';
import { hardwareTarget, innerPath, name, sha256 } from '../model/name.ts';
import type { ProjectTree } from './judge.ts';

/** The file in a record's folder that says who is at work. */
export const lockName = 'lock';

/** A file's content and mode; null: there is none. */
const state = z.strictObject({ sha256, mode: z.int().min(0).max(0o777) }).nullable();
export type RecordedState = z.infer<typeof state>;

export const changeSchema = z.strictObject({
  path: innerPath,
  before: state,
  after: state,
  /** Folders that come and go with the file, outermost first: made for it, or removed with it where they are empty. */
  folders: z.array(innerPath).default([]),
});
export type RecordedChange = z.infer<typeof changeSchema>;

const appliedSchema = z.strictObject({
  series: name,
  digest: sha256,
  target: hardwareTarget,
  patches: z.array(name),
  changes: z.array(changeSchema),
});
/** What halobox did to a tree for one series, with what it takes to undo it. */
export type Applied = z.infer<typeof appliedSchema>;

export const recordSchema = z.strictObject({
  version: z.literal(1),
  /** The transaction that wrote it. */
  transaction: z.uuid().optional(),
  applied: z.array(appliedSchema),
});
/** Series in the order in which they were applied. */
export type TreeRecord = z.infer<typeof recordSchema>;

/**
 * Where halobox keeps what it did to a project's tree: with git in the repository's own folder, where no `git clean` and
 * no build finds it; else in `.halobox` at the project's root.
 */
export function recordFolder({ root, git }: Pick<ProjectTree, 'root' | 'git'>): string {
  return git ? join(git.folder, 'halobox', git.prefix || 'top') : join(root, '.halobox');
}

/** @throws HaloboxError when the record can't be read: without it nothing can be undone. */
export function readRecord(folder: string): TreeRecord {
  const file = join(folder, 'record.json');
  if (!existsSync(file)) return { version: 1, applied: [] };
  return readJson(file, recordSchema);
}

export function readJson<T>(file: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new HaloboxError(ExitCode.failed, {
      what: 'the record of what was done to this tree is damaged, or of another version of halobox',
      where: { file },
      next: `Look at the tree with git, or unpack it anew; then remove ${folderOf(file)}.`,
      cause,
    });
  }
}

function folderOf(file: string): string {
  return file.replace(/\/[^/]*$/, '');
}

/** Removes a record of nothing, and what a killed run left of one; its folder goes with the lock. */
export function removeEmptyRecord(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name !== lockName) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Removes the folder of a record when nothing is in it, so that the tree is as it was. */
export function removeUnusedFolder(folder: string): void {
  for (let at = folder; ; at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      // A record is in it, or another halobox has just taken the lock.
      return;
    }
    if (['halobox', '.halobox'].includes(basename(at))) return;
  }
}
