import { readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Hunk, Patch, PatchedFile } from '../catalog/parse-patch.ts';
import { readInside } from './inside-tree.ts';
import type { Stage } from './stage.ts';

/** Why a patch does not fit, told by the first hunk that doesn't. */
export interface Conflict {
  /** File of the tree, from the project's root. */
  file: string;
  /** Number of the hunk in that file, from 1, and its line in the patch. */
  hunk?: number;
  line?: number;
  what: string;
  /** The lines that the hunk needs, and those at the nearest place of the tree. */
  expected?: readonly string[];
  found?: readonly string[];
  /** Line of the tree's file, from 1, where `found` begins. */
  nearest?: number;
}

/**
 * Says which hunk of a patch does not fit and where the tree comes nearest to it.
 * @param root the project's root, where a file that moved is looked for.
 * @param fuzz asks git whether the patch would fit with less context.
 */
export async function explainConflict(
  patch: Patch,
  stage: Stage,
  root: string,
  fuzz: (context: number) => Promise<boolean>,
): Promise<Conflict> {
  for (const file of patch.files) {
    const refused = stage.refused.get(file.path);
    if (refused) return { file: file.path, what: `${refused}; patches only reach regular files of the tree` };
    const text = stage.read(file.path);
    if (file.change === 'create') {
      if (text === undefined) continue;
      return { file: file.path, what: `${file.path} is there already, with other content` };
    }
    if (text === undefined) return missing(file, root);
    const lines = linesOf(text);
    for (const [index, hunk] of file.hunks.entries()) {
      const found = fits(hunk.old, lines);
      const at = { file: file.path, hunk: index + 1, line: hunk.at };
      if (found.length === 1) {
        // git takes a hunk without context below its changes for one at the end of the file.
        if (contextBelow(hunk) > 0 || found[0]! + hunk.old.length === lines.length) continue;
        const what =
          'the hunk ends without a line of context, so that git looks for it at the end of the file only';
        return { ...at, what, expected: hunk.old, nearest: found[0]! + 1 };
      }
      if (found.length > 1) {
        const places = found.map((place) => place + 1).join(', ');
        return {
          ...at,
          what: `the hunk fits at ${found.length} places (lines ${places}); it needs more context`,
          expected: hunk.old,
        };
      }
      return { ...at, ...(await unlike(hunk, lines, fuzz)) };
    }
  }
  const first = patch.files[0]!;
  return {
    file: first.path,
    what: 'git refuses the patch, though each hunk is found; its hunks may overlap or stand in another order',
  };
}

async function unlike(hunk: Hunk, lines: readonly string[], fuzz: (context: number) => Promise<boolean>) {
  const { start, found } = nearest(hunk, lines);
  const near = { expected: hunk.old, found, nearest: start + 1 };
  const same = (clean: (line: string) => string): boolean =>
    found.length === hunk.old.length && found.every((line, index) => clean(line) === clean(hunk.old[index]!));
  if (same((line) => line.trimEnd())) {
    const what = found.some((line) => line.endsWith('\r'))
      ? 'the lines differ in their ends: the file mixes CRLF and LF'
      : 'the lines differ in trailing white space only';
    return { ...near, what };
  }
  if (same((line) => line.replaceAll(/\s+/g, '')))
    return { ...near, what: 'the lines differ in white space only' };
  const context = contextOf(hunk);
  for (let kept = context - 1; kept >= 0; kept--) {
    if (!(await fuzz(kept))) continue;
    return {
      ...near,
      what: `the hunk would fit only with fuzz ${context - kept}, that is with ${kept} of ${context} lines of context`,
    };
  }
  return { ...near, what: 'the lines that the hunk needs are not there' };
}

/** Lines of context at a hunk's longer side, as `patch` and `git apply -C` count them. */
function contextOf(hunk: Hunk): number {
  const { old, new: fresh } = hunk;
  let leading = 0;
  while (leading < old.length && old[leading] === fresh[leading]) leading++;
  return Math.max(leading, contextBelow(hunk));
}

function contextBelow({ old, new: fresh }: Hunk): number {
  let trailing = 0;
  while (trailing < old.length && old.at(-1 - trailing) === fresh.at(-1 - trailing)) trailing++;
  return trailing;
}

function missing({ path, hunks }: PatchedFile, root: string): Conflict {
  const found = sourceFiles(root).find(
    (other) => basename(other) === basename(path) && holds(root, other, hunks[0]!),
  );
  const elsewhere = found ?? sourceFiles(root).find((other) => holds(root, other, hunks[0]!));
  const renamed = elsewhere ? `; ${elsewhere} has the lines that the patch needs` : '';
  return { file: path, what: `${path} is not there${renamed}`, expected: hunks[0]!.old };
}

function holds(root: string, path: string, { old }: Hunk): boolean {
  const text = readInside(root, path);
  return text !== undefined && fits(old, linesOf(text)).length > 0;
}

/** Files in which a renamed one may be found again; bounded, for trees may have a hundred thousand. */
function sourceFiles(root: string): string[] {
  const found: string[] = [];
  const folders = [root];
  for (const folder of folders) {
    if (found.length > 20_000) break;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== '.git') folders.push(path);
      else if (entry.isFile() && /\.(c|cc|cmake|cpp|cu|h|hpp|in|json|mk|py|txt|ya?ml)$/.test(entry.name)) {
        found.push(relative(root, path));
      }
    }
  }
  return found;
}

/** Line numbers, from 0, where all of `wanted` stands. */
export function fits(wanted: readonly string[], lines: readonly string[]): number[] {
  const found: number[] = [];
  for (let at = lines.indexOf(wanted[0]!); at >= 0; at = lines.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((line, index) => lines[at + index] === line)) found.push(at);
  }
  return found;
}

/** The place where most lines agree; where nothing does, the one that the hunk names. */
function nearest({ old, oldStart }: Hunk, lines: readonly string[]): { start: number; found: string[] } {
  const clean = (line: string): string => line.replaceAll(/\s+/g, '');
  const wanted = old.map(clean);
  const there = lines.map(clean);
  let best = { start: Math.max(0, Math.min(oldStart - 1, lines.length - old.length)), score: 0 };
  for (let start = 0; start + 1 <= there.length; start++) {
    let score = 0;
    for (const [index, line] of wanted.entries()) if (line !== '' && there[start + index] === line) score++;
    const closer = Math.abs(start + 1 - oldStart) < Math.abs(best.start + 1 - oldStart);
    if (score > best.score || (score === best.score && score > 0 && closer)) best = { start, score };
  }
  return { start: best.start, found: lines.slice(best.start, best.start + old.length) };
}

export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
