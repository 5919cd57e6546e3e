import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAllSeries } from '../catalog/read-series.ts';
import { applySeries } from './apply.ts';
import { exportSeries } from './export.ts';
import { findTree } from './find-tree.ts';
import { Room, rcclTree, therockTree } from './fixtures.ts';
import { survey } from './survey.ts';

const never = new AbortController().signal;
const real = readAllSeries('.');
let room: Room;

beforeEach(() => {
  room = new Room();
});
afterEach(() => room.close());

async function exported(name = 'rccl-2-13', tag = 'halobox', target = 'gfx1151') {
  const tree = await findTree(room.path('therock'), [], never);
  return await exportSeries(real.get(name)!, tree, { target, tag }, never);
}

/** What fetch_sources.py does with a tag: the folder's patches in sorted order, by `git am`, and the .smrev text. */
async function fetchSources(folder: string, submodule: string, url: string): Promise<string> {
  const names = readdirSync(room.path(folder))
    .filter((one) => one.endsWith('.patch'))
    .sort();
  const pin = await room.git(submodule, 'rev-parse', 'HEAD');
  const files = names.map((one) => room.path(folder, one));
  await room.git(submodule, 'am', '--quiet', '--whitespace=nowarn', ...files);
  const sum = createHash('sha1');
  for (const file of files) sum.update(readFileSync(file));
  return `${url}\n${pin}+PATCHED:${sum.digest('hex')}\n`;
}

/** A TheRock with the submodule checked out and pinned. */
async function therock(submodule: 'rccl' | 'rocm-systems', version: string): Promise<string> {
  therockTree(room, 'therock', version, '    rccl\n', [submodule]);
  room.write('therock/patches/amd-mainline/README', 'no patch\n');
  const path = submodule === 'rccl' ? 'therock/comm-libs/rccl' : 'therock/rocm-systems';
  rcclTree(room, submodule === 'rccl' ? path : `${path}/projects/rccl`);
  await room.commitAll(path);
  const commit = await room.git(path, 'rev-parse', 'HEAD');
  await room.git('therock', 'init', '--quiet');
  await room.git('therock', 'add', 'version.json', 'cmake', '.gitmodules', 'patches');
  await room.git(
    'therock',
    'update-index',
    '--add',
    '--cacheinfo',
    `160000,${commit},${path.slice('therock/'.length)}`,
  );
  await room.git('therock', 'commit', '--quiet', '--message=therock');
  return path;
}

test.each([
  ['rccl', '7.10.0', 'comm-libs/.rccl.smrev'],
  ['rocm-systems', '7.12.0', '.rocm-systems.smrev'],
] as const)(
  'for the submodule %s: git am takes it, and the .smrev is what was said',
  async (submodule, version, smrev) => {
    const path = await therock(submodule, version);
    const done = await exported();
    expect(done).toMatchObject({
      ...{ folder: `patches/halobox/${submodule}`, left: [] },
      files: [
        '9001-rccl-2-13-warp-size.patch',
        '9002-rccl-2-13-trace-macros.patch',
        '9003-rccl-2-13-ll128-cache.patch',
        '9004-rccl-2-13-default-targets.patch',
      ],
      smrev: { file: smrev },
    });
    // Again gives the same files.
    expect(await exported()).toEqual(done);
    const url = `https://example.com/${submodule}.git`;
    expect(await fetchSources(`therock/${done.folder}`, path, url)).toBe(done.smrev.text);
    const found = await survey(
      room.path('therock'),
      real,
      { wanted: ['rccl-2-13'], target: 'gfx1151' },
      never,
    );
    expect(found.series[0]).toMatchObject({ verdict: 'applied' });
    expect(found.series[0]!.patches.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 4 }, () => expect.stringMatching(/^by commit /)),
    );
  },
);

test("TheRock's own patches come along and before ours", async () => {
  const path = await therock('rocm-systems', '7.12.0');
  await room.git(path, 'mv', 'projects/rccl/src/init.cc', 'projects/rccl/src/start.cc');
  await room.git(path, 'commit', '--quiet', '--message=Theirs');
  await room.git(
    path,
    'format-patch',
    '--quiet',
    '-1',
    `--output-directory=${room.path('therock/patches/amd-mainline/rocm-systems')}`,
  );
  await room.git(path, 'reset', '--quiet', '--hard', 'HEAD~1');
  const done = await exported();
  expect(readdirSync(room.path('therock', done.folder)).sort()[0]).toBe('0001-Theirs.patch');
  expect(await fetchSources(`therock/${done.folder}`, path, 'https://example.com/rocm-systems.git')).toBe(
    done.smrev.text,
  );
});

test('a patch that TheRock drops goes from the tag too, and one that somebody put there stays', async () => {
  await therock('rccl', '7.10.0');
  room.write('therock/patches/amd-mainline/rccl/0001-theirs.patch', 'theirs\n');
  const { folder, files } = await exported();
  expect(readdirSync(room.path('therock', folder))).toContain('0001-theirs.patch');
  room.write(`therock/${folder}/5000-mine.patch`, 'mine\n');
  rmSync(room.path('therock/patches/amd-mainline/rccl'), { recursive: true });
  await exported();
  expect(readdirSync(room.path('therock', folder)).sort()).toEqual(['5000-mine.patch', ...files]);
});

test('a series that is applied here and not committed is not exported, and one that is committed is', async () => {
  const path = await therock('rccl', '7.10.0');
  const tree = () => findTree(room.path('therock'), [], never);
  const options = { target: 'gfx1151', allowDirty: false, note: () => {} };
  await applySeries(real.get('rccl-2-13')!, await tree(), options, never);
  await expect(exported()).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('applied to this checkout and not committed'),
    facts: { next: expect.stringContaining('halobox patch revert') },
  });
  expect(existsSync(room.path('therock/patches/halobox'))).toBe(false);
  await room.git(path, 'commit', '--quiet', '--all', '--message=ours');
  expect((await exported()).files).toHaveLength(4);
});

test('into the tag that TheRock applies anyway', async () => {
  await therock('rccl', '7.10.0');
  expect((await exported('rccl-2-13', 'amd-mainline')).folder).toBe('patches/amd-mainline/rccl');
});

test('for another target', async () => {
  await therock('rccl', '7.10.0');
  const done = await exported('rccl-2-13', 'halobox', 'gfx1152');
  expect(room.read(`therock/${done.folder}/${done.files[0]}`)).toContain('defined(__gfx1152__)');
});

test('without the submodule nobody knows what is needed: nothing is written', async () => {
  therockTree(room, 'therock', '7.10.0', '', ['rccl']);
  const before = room.digest('therock');
  await expect(exported()).rejects.toMatchObject({
    exitCode: 1,
    facts: { next: expect.stringContaining('git clone https://example.com/rccl.git') },
  });
  expect(room.digest('therock')).toBe(before);
});

test('what the tree has of its own is left out', async () => {
  const path = await therock('rccl', '7.10.0');
  const file = `${path}/src/include/devcomm.h`;
  room.write(file, room.read(file).replace('(__gfx1030__)', '(__gfx1151__) || \\\n    defined(__gfx1030__)'));
  expect(await exported()).toMatchObject({
    left: [{ id: 'warp-size' }],
    files: [expect.stringContaining('trace-macros'), expect.anything(), expect.anything()],
  });
});

test('refuses what can not be: another tree, TheRock itself, a strange tag, a link out of the tree', async () => {
  rcclTree(room, 'rccl');
  const other = await findTree(room.path('rccl'), [], never);
  const to = { target: 'gfx1151', tag: 'halobox' };
  await expect(exportSeries(real.get('rccl-2-13')!, other, to, never)).rejects.toMatchObject({ exitCode: 2 });
  await therock('rccl', '7.10.0');
  await expect(exported('therock-rccl')).rejects.toThrow(/does not patch/);
  await expect(exported('rccl-2-13', '../x')).rejects.toThrow(/patch tag/);
  mkdirSync(room.path('outside'));
  rmSync(room.path('therock/patches'), { recursive: true });
  symlinkSync('../outside', room.path('therock/patches'));
  await expect(exported()).rejects.toThrow(/patches is a symbolic link/);
  expect(readdirSync(room.path('outside'))).toEqual([]);
});
