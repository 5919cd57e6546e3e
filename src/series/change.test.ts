import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applySeries } from './apply.ts';
import { findTree } from './find-tree.ts';
import { demoSeries, demoTree, everything, mail, middle, Room, section, tenLines } from './fixtures.ts';
import { revertSeries } from './revert.ts';
import { survey } from './survey.ts';
import { verifySeries } from './verify.ts';

const never = new AbortController().signal;
const target = 'gfx1151';
let room: Room;

beforeEach(() => {
  room = new Room();
});
afterEach(() => room.close());

const options = { target, allowDirty: false, note: () => {} };

async function apply(name: string, more = {}) {
  const series = room.series().get(name)!;
  return await applySeries(
    series,
    await findTree(room.path('tree'), [series.project], never),
    { ...options, ...more },
    never,
  );
}

async function revert(name: string) {
  const series = room.series().get(name)!;
  const tree = await findTree(room.path('tree'), [series.project], never);
  return (await revertSeries(series, tree, options, never)).reverted;
}

async function verify(name: string) {
  const found = await survey(room.path('tree'), room.series(), { wanted: [name], target }, never);
  return verifySeries(found.series[0]!, target);
}

const crlf = (path: string): void =>
  room.write(path, room.read(path).replaceAll('\n', '\r\n'), lstatSync(room.path(path)).mode & 0o777);

test.each([
  ['a checkout', true, false],
  ['a tarball', false, false],
  ['a checkout with CRLF', true, true],
  ['a tarball with CRLF', false, true],
])('%s: applied, applied again, verified, reverted to the byte', async (_, checkout, withCrlf) => {
  demoTree(room);
  demoSeries(room, 'demo', [middle, everything]);
  if (withCrlf) for (const path of ['a.txt', 'bin/run.sh', 'old.txt']) crlf(`tree/${path}`);
  if (checkout) await room.commitAll('tree');
  const before = room.digest('tree');
  expect((await apply('demo')).patches.map(({ verdict }) => verdict)).toEqual(['applies', 'applies']);
  const end = withCrlf ? '\r\n' : '\n';
  expect(room.read('tree/a.txt')).toBe(
    tenLines.replace('line 5', 'line five on gfx1151').replaceAll('\n', end),
  );
  expect(room.read('tree/private.txt')).toBe('secret\nmore\nno end');
  expect(lstatSync(room.path('tree/private.txt')).mode & 0o777).toBe(0o600);
  expect(lstatSync(room.path('tree/bin/run.sh')).mode & 0o777).toBe(0o755);
  expect(lstatSync(room.path('tree/new/deep/file.txt')).mode & 0o777).toBe(0o755);
  expect(existsSync(room.path('tree/old.txt'))).toBe(false);

  const applied = room.digest('tree');
  const times = lstatSync(room.path('tree/a.txt')).ctimeMs;
  expect((await apply('demo')).verdict).toBe('applied');
  expect(room.digest('tree')).toBe(applied);
  expect(lstatSync(room.path('tree/a.txt')).ctimeMs).toBe(times);
  expect((await verify('demo')).map(({ kept }) => kept)).toEqual([true, true]);

  expect(await revert('demo')).toEqual(['middle', 'everything']);
  expect(room.digest('tree')).toBe(before);
  if (checkout) expect(existsSync(room.path('tree/.git/halobox'))).toBe(false);
  expect(await revert('demo')).toEqual([]);
  expect(room.digest('tree')).toBe(before);
  // Times have changed, which makes no file a changed one.
  expect((await apply('demo')).verdict).toBe('applies');
});

test('all of a series or nothing', async () => {
  demoTree(room);
  const last = {
    id: 'last',
    text: mail('last', section('a.txt', '@@ -9,2 +9,2 @@\n line 9\n-line ten\n+line X\n')),
  };
  demoSeries(room, 'demo', [middle, everything, last]);
  const before = room.digest('tree');
  await expect(apply('demo')).rejects.toMatchObject({
    exitCode: 4,
    facts: {
      where: { file: expect.stringMatching(/patches\/demo\/last.patch$/) },
      detail: expect.arrayContaining(['  line ten', '  line 10']),
    },
  });
  expect(room.digest('tree')).toBe(before);
});

test('a dirty checkout is refused unless told; reverting keeps what was changed', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  await room.commitAll('tree');
  room.write('tree/untracked.txt', 'does not count');
  room.write('tree/old.txt', 'mine\n');
  const before = room.digest('tree');
  await expect(apply('demo')).rejects.toMatchObject({ exitCode: 1, facts: { detail: ['old.txt'] } });
  expect(room.digest('tree')).toBe(before);
  await apply('demo', { allowDirty: true });
  await revert('demo');
  expect(room.digest('tree')).toBe(before);
});

test('changes beside the patch survive a revert; changes of its very lines forbid it', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  await apply('demo');
  room.write('tree/a.txt', room.read('tree/a.txt').replace('line 9', 'my line'));
  expect((await verify('demo'))[0]).toMatchObject({
    kept: true,
    reason: expect.stringContaining('other changes since'),
  });
  expect(await revert('demo')).toEqual(['middle']);
  expect(room.read('tree/a.txt')).toBe(tenLines.replace('line 9', 'my line'));

  await apply('demo');
  room.write('tree/a.txt', room.read('tree/a.txt').replace('line five', 'line V'));
  const before = room.read('tree/a.txt');
  await expect(revert('demo')).rejects.toMatchObject({ exitCode: 1, facts: { detail: ['a.txt'] } });
  expect(room.read('tree/a.txt')).toBe(before);
});

test.each([
  ['one', 'two'],
  ['two', 'one'],
])('two series on one file, reverted %s first', async (first, second) => {
  demoTree(room);
  demoSeries(room, 'one', [middle]);
  const other = {
    id: 'other',
    text: mail('other', section('a.txt', '@@ -8,3 +8,3 @@\n line 8\n-line 9\n+line IX\n line 10\n')),
  };
  demoSeries(room, 'two', [other]);
  await room.commitAll('tree');
  const before = room.digest('tree');
  await apply('one');
  await apply('two');
  await revert(first);
  await revert(second);
  expect(room.digest('tree')).toBe(before);
  expect(existsSync(room.path('tree/.git/halobox'))).toBe(false);
});

test('what somebody else applied is taken back too', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle, everything]);
  await room.commitAll('tree');
  const before = room.digest('tree');
  await room.git('tree', 'apply', room.path('patches/demo/middle.patch'));
  expect(await revert('demo')).toEqual(['middle']);
  expect(room.digest('tree')).toBe(before);
});

test('a series that grew is completed, and goes back as a whole', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  const before = room.digest('tree');
  await apply('demo');
  demoSeries(room, 'demo', [middle, everything]);
  expect((await apply('demo')).patches.map(({ verdict }) => verdict)).toEqual(['applied', 'applies']);
  expect(await revert('demo')).toEqual(['middle', 'everything']);
  expect(room.digest('tree')).toBe(before);
});

test('a patch that changed since it was applied says how to go on', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  const before = room.digest('tree');
  await apply('demo');
  const text = middle.text.replace('line five', 'line FIVE');
  demoSeries(room, 'demo', [{ ...middle, text }]);
  const [patch] = (await apply('demo')).patches;
  expect(patch).toMatchObject({ verdict: 'applied', reason: expect.stringContaining('earlier form') });
  demoSeries(room, 'demo', [{ ...middle, text, probe: '[{ file: a.txt, has: [FIVE] }]' }]);
  await expect(apply('demo')).rejects.toMatchObject({
    facts: { next: expect.stringContaining('patch revert') },
  });
  expect(await revert('demo')).toEqual(['middle']);
  expect(room.digest('tree')).toBe(before);
});

test('verify reads the tree and not the record', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [
    { ...middle, probe: '[{ file: a.txt, has: ["on {target}"], lacks: [line 9] }]' },
  ]);
  expect(await verify('demo')).toMatchObject([{ kept: false, reason: 'it is needed and not applied' }]);
  await apply('demo');
  expect(await verify('demo')).toMatchObject([
    { kept: false, reason: expect.stringContaining('a.txt has "line 9"') },
  ]);
});

test('another halobox at work is waited for by nobody', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  const lock = 'tree/.halobox/lock';
  room.write(lock, `${process.pid}\n`);
  await expect(apply('demo')).rejects.toThrow(
    `another halobox (process ${process.pid}) is patching this tree`,
  );
  // No process has this number: the kernel's limit is lower.
  room.write(lock, '99999999\n');
  expect((await apply('demo')).verdict).toBe('applies');
});

test('nothing outside of the tree is touched through links in it', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [everything]);
  room.write('outside/run.sh', '#!/bin/sh\necho old\n');
  rmSync(room.path('tree/bin'), { recursive: true });
  symlinkSync('../outside', room.path('tree/bin'));
  mkdirSync(room.path('elsewhere'));
  const before = room.digest('.');
  await expect(apply('demo')).rejects.toMatchObject({
    exitCode: 4,
    facts: { detail: [expect.stringContaining('bin is a symbolic link')] },
  });
  rmSync(room.path('tree/bin'));
  demoTree(room);
  symlinkSync('../elsewhere', room.path('tree/new'));
  await expect(apply('demo')).rejects.toMatchObject({
    facts: { detail: [expect.stringContaining('new is a symbolic link')] },
  });
  rmSync(room.path('tree/new'));
  room.write('tree/new', 'a file\n');
  await expect(apply('demo')).rejects.toMatchObject({
    facts: { detail: [expect.stringContaining('new is no folder')] },
  });
  rmSync(room.path('tree/new'));
  rmSync(room.path('tree/bin'), { recursive: true });
  symlinkSync('../outside', room.path('tree/bin'));
  expect(room.digest('.')).toBe(before);
});
