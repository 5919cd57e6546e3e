import { InvalidInput } from '../model/error.ts';

export interface Hunk {
  /** Line of its `@@` in the patch file, from 1. */
  at: number;
  /** Line of the old file, from 1, that it was made at. */
  oldStart: number;
  /** The lines that must be there, without their ends. */
  old: readonly string[];
  /** What stands there afterwards. */
  new: readonly string[];
}

export interface PatchedFile {
  /** Path from the project's root. */
  path: string;
  change: 'modify' | 'create' | 'delete';
  hunks: readonly Hunk[];
  /** Which lines of the diff name it, from 0: `diff --git`, `---`, `+++`. */
  heads: readonly number[];
}

export interface Patch {
  /** Mail header and message, as `git am` reads them; ends with a newline. */
  message: string;
  subject: string;
  files: readonly PatchedFile[];
  /** The diff alone, from its first `diff --git` on. */
  diff: string;
}

/** Bytes. The patches that series are made of have a few kilobytes. */
export const largestPatch = 1024 * 1024;

const modes = ['100644', '100755'];

/**
 * Reads a patch in git format, strictly: what is not understood is refused, and git is later given nothing but the
 * diff that was read here.
 * @param file as messages should name it.
 * @throws InvalidInput with file:line for paths that leave the tree, links, submodules, binary hunks, renames, changes
 * of mode, carriage returns, hunks whose lengths are wrong or that have nothing to be found by.
 */
export function parsePatch(text: string, file: string): Patch {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const refuse = (index: number, what: string, next: string): never => {
    throw new InvalidInput({ what, where: { file, line: index + 1 }, next });
  };
  const carriage = lines.findIndex((line) => line.endsWith('\r'));
  if (carriage >= 0) {
    refuse(
      carriage,
      'the line ends with a carriage return',
      'Store the patch with LF; files of a tree that end their lines with CRLF are understood.',
    );
  }
  const start = lines.findIndex((line) => line.startsWith('diff --git '));
  if (start < 0) {
    refuse(0, 'there is no `diff --git` in it', 'Write the patch with `git format-patch`.');
  }
  const header = lines.slice(0, start);
  const reader = { lines, start, index: start, refuse };
  const files: PatchedFile[] = [];
  while (reader.index < lines.length && lines[reader.index]!.startsWith('diff --git ')) {
    const section = reader.index;
    const one = readFile(reader);
    if (files.some(({ path }) => path === one.path)) {
      refuse(section, `${one.path} is patched twice`, 'Put all hunks of a file into one section.');
    }
    files.push(one);
  }
  const end = reader.index;
  // `git format-patch` ends with its version below a line of "-- ".
  const rest = lines.slice(end);
  if (rest.some((line, index) => line !== '' && !(index === 0 && line === '-- ') && rest[0] !== '-- ')) {
    refuse(end, 'text after the last hunk', 'Correct the lengths in the `@@` above, or remove the text.');
  }
  return {
    message: `${header.join('\n')}\n`,
    subject: subjectOf(header),
    files,
    diff: `${lines.slice(start, end).join('\n')}\n`,
  };
}

/** The subject as `git am` makes it one line of the commit: long ones are folded in a mail. */
function subjectOf(header: readonly string[]): string {
  const start = header.findIndex((line) => line.startsWith('Subject: '));
  if (start < 0) return '';
  const end = header.findIndex((line, index) => index > start && !/^[ \t]/.test(line));
  const folded = header.slice(start, end < 0 ? undefined : end);
  return folded
    .map((line) => line.trim())
    .join(' ')
    .replace(/^Subject: (\[PATCH[^\]]*\] )?/, '');
}

interface Reader {
  lines: readonly string[];
  /** Where the diff begins. */
  start: number;
  index: number;
  refuse: (index: number, what: string, next: string) => never;
}

/** One `diff --git` section. */
function readFile(reader: Reader): PatchedFile {
  const { lines, refuse } = reader;
  const first = reader.index;
  const next = (): string => lines[reader.index] ?? '';
  let change: PatchedFile['change'] = 'modify';
  for (reader.index++; !next().startsWith('--- '); reader.index++) {
    const line = next();
    const [, kind, mode] = /^(new|deleted) file mode (\d+)$/.exec(line) ?? [];
    if (kind && mode && modes.includes(mode)) {
      change = kind === 'new' ? 'create' : 'delete';
    } else if (!/^index [0-9a-f]+\.\.[0-9a-f]+( 100644| 100755)?$/.test(line)) {
      refuse(reader.index, notUnderstood(line), 'Write the change as text hunks of regular files.');
    }
  }
  const heads = [first, reader.index, reader.index + 1].map((index) => index - reader.start);
  const from = side(reader, '--- ', 'a/');
  const to = side(reader, '+++ ', 'b/');
  const path = to ?? from;
  const expected =
    change === 'create' ? [undefined, path] : change === 'delete' ? [path, undefined] : [path, path];
  if (
    !path ||
    from !== expected[0] ||
    to !== expected[1] ||
    lines[first] !== `diff --git a/${path} b/${path}`
  ) {
    return refuse(
      first,
      'the names of the file do not agree',
      'Write the patch with `git format-patch --no-renames`.',
    );
  }
  const bad = unsafePath(path);
  if (bad) refuse(first, `${path} ${bad}`, 'Patches name files inside the project, from its root.');
  const hunks: Hunk[] = [];
  while (next().startsWith('@@ ')) hunks.push(readHunk(reader, change));
  if (hunks.length === 0) refuse(reader.index, `no hunk for ${path}`, 'Write the change as text hunks.');
  return { path, change, hunks, heads };
}

/** The path of a `---` or `+++` line; undefined for /dev/null. */
function side(reader: Reader, prefix: string, root: string): string | undefined {
  const line = reader.lines[reader.index] ?? '';
  reader.index++;
  if (line === `${prefix}/dev/null`) return undefined;
  if (line.startsWith(prefix + root)) return line.slice(prefix.length + root.length);
  return reader.refuse(
    reader.index - 1,
    `${JSON.stringify(line.slice(0, 80))} where ${prefix}${root}… should be`,
    'Write the patch with `git format-patch`; paths are relative to the project, names plain.',
  );
}

function readHunk(reader: Reader, change: PatchedFile['change']): Hunk {
  const at = reader.index;
  const { refuse, lines } = reader;
  const numbers = /^@@ -(\d{1,7})(?:,(\d{1,7}))? \+\d{1,7}(?:,(\d{1,7}))? @@/.exec(lines[at]!);
  if (!numbers) return refuse(at, 'the line is no hunk header', 'Write the patch with `git format-patch`.');
  const count = (text: string | undefined): number => (text === undefined ? 1 : Number(text));
  const [oldCount, newCount] = [count(numbers[2]), count(numbers[3])];
  const old: string[] = [];
  const fresh: string[] = [];
  for (reader.index++; old.length < oldCount || fresh.length < newCount; reader.index++) {
    const line = lines[reader.index];
    const sign = line?.[0];
    if (line === undefined || !sign || !' +-\\'.includes(sign)) {
      return refuse(at, 'the hunk ends before its lengths do', 'Correct the lengths in this `@@` line.');
    }
    if (sign === ' ' || sign === '-') old.push(line.slice(1));
    if (sign === ' ' || sign === '+') fresh.push(line.slice(1));
  }
  if (lines[reader.index]?.startsWith('\\')) reader.index++;
  if (old.length !== oldCount || fresh.length !== newCount) {
    refuse(at, 'the hunk is longer than its lengths say', 'Correct the lengths in this `@@` line.');
  }
  if (change === 'modify' && old.length === 0) {
    refuse(at, 'the hunk has no line to be found by', 'Keep at least one line of context.');
  }
  return { at: at + 1, oldStart: Number(numbers[1]), old, new: fresh };
}

function notUnderstood(line: string): string {
  const mode = /^(?:new file|deleted file|old|new) mode (\d+)$/.exec(line)?.[1];
  if (mode === '120000') return 'a symbolic link';
  if (mode === '160000') return 'a submodule';
  if (mode) return `mode ${mode}`;
  if (/^(GIT binary patch|Binary files )/.test(line)) return 'a binary hunk';
  if (/^(rename|copy|similarity|dissimilarity) /.test(line)) return 'a rename or copy';
  return `${JSON.stringify(line.slice(0, 80))} is not part of a text change`;
}

/** Why a path is not one of a file inside the tree; undefined when it is. */
function unsafePath(path: string): string | undefined {
  const parts = path.split('/');
  if (path.startsWith('/')) return 'is absolute';
  if (parts.includes('..')) return 'leaves the tree';
  if (parts.some((part) => part === '' || part === '.')) return 'is not a plain path';
  if (parts.some((part) => part.toLowerCase() === '.git')) return 'is inside of .git';
  if (!/^[A-Za-z0-9_.+@,=/-]+$/.test(path)) return 'has characters that no source file needs';
  return undefined;
}
