import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { demoSeries, mail, middle, Room, section } from '../series/fixtures.ts';
import { parsePatch } from './parse-patch.ts';

const hunk = '@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n';

test('reads message, files and hunks', () => {
  const text = `${mail('two is TWO', section('a/b.txt', hunk))}-- \n2.39\n`;
  const patch = parsePatch(text, 'x.patch');
  expect(patch.subject).toBe('two is TWO');
  expect(patch.diff).toBe(section('a/b.txt', hunk));
  expect(patch.files).toEqual([
    {
      path: 'a/b.txt',
      change: 'modify',
      heads: [0, 1, 2],
      hunks: [{ at: 13, oldStart: 1, old: ['one', 'two'], new: ['one', 'TWO'] }],
    },
  ]);
});

test('a folded subject is one line', () => {
  const text = mail('a long\n subject', section('a', hunk));
  expect(parsePatch(text, 'x').subject).toBe('a long subject');
});

const created = (mode: string, path = 'n.txt'): string =>
  `diff --git a/${path} b/${path}\nnew file mode ${mode}\nindex 0000000..1111111\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`;

test.each([
  ['a path that leaves the tree', section('../etc/passwd', hunk), /leaves the tree/, 10],
  ['a path that leaves it in the middle', section('a/../../b', hunk), /leaves the tree/, 10],
  ['an absolute path', section('/etc/passwd', hunk), /is absolute/, 10],
  ['a hook of git', section('.git/hooks/pre-commit', hunk), /inside of \.git/, 10],
  ['a file of git in other letters', section('.GIT/config', hunk), /inside of \.git/, 10],
  ['a path with a backslash', section('a\\b', hunk), /characters/, 10],
  [
    'a quoted path',
    'diff --git "a/\\303\\244" "b/\\303\\244"\n--- "a/\\303\\244"\n+++ "b/\\303\\244"\n'.concat(hunk),
    /should be/,
    11,
  ],
  ['a symbolic link', created('120000'), /a symbolic link/, 11],
  ['a submodule', created('160000'), /a submodule/, 11],
  ['a setuid program', created('104755'), /mode 104755/, 11],
  [
    'a change of mode',
    `diff --git a/a b/a\nold mode 100644\nnew mode 100755\n--- a/a\n+++ b/a\n${hunk}`,
    /mode 100644/,
    11,
  ],
  [
    'a binary hunk',
    'diff --git a/a b/a\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZ\n',
    /binary/,
    12,
  ],
  ['binary files', 'diff --git a/a b/a\nBinary files a/a and b/a differ\n', /binary/, 11],
  ['a rename', 'diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n', /rename/, 11],
  ['names that disagree', `diff --git a/a b/a\n--- a/a\n+++ b/c\n${hunk}`, /do not agree/, 10],
  ['a file twice', section('a', hunk) + section('a', hunk), /patched twice/, 17],
  ['a hunk that is too short', section('a', '@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n'), /ends before/, 13],
  ['a hunk that is too long', section('a', `${hunk} three\n`), /after the last hunk/, 17],
  ['a hunk without context', section('a', '@@ -1,0 +2 @@\n+x\n'), /found by/, 13],
  ['a huge hunk', section('a', '@@ -1,99999999 +1 @@\n one\n'), /no hunk header/, 13],
  ['a section without hunks', 'diff --git a/a b/a\n--- a/a\n+++ b/a\n', /no hunk/, 13],
  ['carriage returns', section('a', hunk.replaceAll('\n', '\r\n')), /carriage return/, 13],
])('refuses %s', (_, diff, what, line) => {
  expect(() => parsePatch(mail('bad', diff), 'bad.patch')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringMatching(what),
      facts: expect.objectContaining({ where: { file: 'bad.patch', line } }),
    }),
  );
});

test('a diff that hides in the message is not part of what git gets', () => {
  const hidden = '--- a/hidden\n+++ b/hidden\n@@ -1 +1 @@\n-x\n+y\n';
  const text = mail('good', section('a', hunk)).replace('Why.\n', `Why.\n${hidden}`);
  expect(parsePatch(text, 'x').diff).toBe(section('a', hunk));
  expect(() => parsePatch(mail('none').replace('Why.\n', hidden), 'x')).toThrow(/no `diff --git`/);
});

test.each([
  ['100 MB', (file: string) => truncateSync(file, 100 * 1024 * 1024), /104,857,600 bytes/],
  [
    'a link out of the catalog',
    (file: string) => {
      rmSync(file);
      symlinkSync('/etc/hostname', file);
    },
    /leaves/,
  ],
  [
    'a named pipe, which would be waited for',
    (file: string) => {
      rmSync(file);
      execFileSync('mkfifo', [file]);
    },
    /not a file/,
  ],
  [
    'a folder',
    (file: string) => {
      rmSync(file);
      mkdirSync(file);
    },
    /a folder, not a file/,
  ],
])('a patch file that is %s', (_, spoil, what) => {
  const room = new Room();
  try {
    demoSeries(room, 'demo', [middle]);
    spoil(room.path('patches/demo/middle.patch'));
    expect(() => room.series()).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(what) }),
    );
  } finally {
    room.close();
  }
});

test('what is refused is refused before anything is written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halobox-hostile-'));
  try {
    const victim = join(folder, 'victim.txt');
    writeFileSync(victim, 'one\ntwo\n');
    expect(() => parsePatch(mail('x', section('../victim.txt', hunk)), 'x')).toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
