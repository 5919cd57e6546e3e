import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAllSeries } from '../catalog/read-series.ts';
import { applySeries } from './apply.ts';
import { findTree } from './find-tree.ts';
import {
  declarations,
  demoSeries,
  demoTree,
  mail,
  middle,
  Room,
  rcclTree,
  section,
  tenLines,
  therockTree,
} from './fixtures.ts';
import { survey } from './survey.ts';

const never = new AbortController().signal;
const real = readAllSeries('.');
let room: Room;

beforeEach(() => {
  room = new Room();
});
afterEach(() => room.close());

/** `<patch>: <verdict>` of one series of the project's own catalog, and all reasons. */
async function verdicts(folder: string, name: string, target = 'gfx1151') {
  const catalog = real.has(name) ? real : room.series();
  const found = await survey(room.path(folder), catalog, { wanted: [name], target }, never);
  const [one] = found.series;
  return {
    ...{ series: one!.verdict, place: one!.place, tree: found.tree, halfDone: one!.halfDone },
    patches: one!.patches.map(({ id, verdict }) => `${id}: ${verdict}`),
    reasons: one!.patches.map(({ reason }) => reason).join('\n'),
    conflict: one!.patches.flatMap((patch) => ('conflict' in patch ? [patch.conflict] : [])).at(0),
  };
}

const link = 'https://example.com/150';

test.each([
  ['7.9, alone and with two spaces', '7.9.0', `    rccl  # ${link}\n`, ['rccl'], 'applies'],
  [
    '7.11, between neighbours',
    '7.11.0',
    `    hipSPARSELt # x\n    rccl  # ${link}\n    libhipcxx\n`,
    ['rccl', 'rocm-systems'],
    'applies',
  ],
  [
    '7.12, with rccl-tests',
    '7.12.0',
    `    hipSPARSELt\n    rccl\n    rccl-tests\n`,
    ['rocm-systems'],
    'applies',
  ],
  ['rccl-tests alone', '7.12.0', `    rccl-tests\n`, ['rocm-systems'], 'applies'],
  ['7.13, lifted', '7.13.0', `    hipSPARSELt # rccl is built\n`, ['rocm-systems'], 'upstream'],
  ['a name that only begins like it', '10.1.0', `    rccl-benchmarks\n`, ['rocm-systems'], 'upstream'],
])('the exclusion in TheRock %s', async (_, version, list, submodules, verdict) => {
  therockTree(room, 'therock', version, list, submodules);
  expect(await verdicts('therock', 'therock-rccl')).toMatchObject({
    series: verdict,
    tree: { kind: 'therock', version },
  });
  // Another target of the same tree has its own declaration; one that is not declared has none.
  expect((await verdicts('therock', 'therock-rccl', 'gfx1150')).series).toBe('applies');
  expect(await verdicts('therock', 'therock-rccl', 'gfx1152')).toMatchObject({
    series: 'not-applicable',
    reasons: expect.stringContaining('has no therock_add_amdgpu_target(gfx1152 …)'),
  });
});

test('a target that the series does not serve, a version that it is not meant for', async () => {
  therockTree(room, 'therock', '7.9.0', '    rccl\n', ['rccl']);
  expect((await verdicts('therock', 'therock-rccl', 'gfx90a')).reasons).toContain('not gfx90a');
  rcclTree(room, 'rccl', '2.27.7');
  expect(await verdicts('rccl', 'rccl-2-13')).toMatchObject({
    series: 'not-applicable',
    reasons: expect.stringContaining('it is meant for >=2.13.4 <2.14.0, not 2.27.7'),
  });
  room.write('rccl/makefiles/version.mk', 'none\n');
  expect((await verdicts('rccl', 'rccl-2-13')).reasons).toContain('does not tell');
});

test('RCCL is where the generation of TheRock has it, though both are there', async () => {
  therockTree(room, 'therock', '7.11.0', '', ['rccl', 'rocm-systems']);
  rcclTree(room, 'therock/comm-libs/rccl');
  rcclTree(room, 'therock/rocm-systems/projects/rccl', '2.99.0');
  expect(await verdicts('therock', 'rccl-2-13')).toMatchObject({
    series: 'applies',
    place: { state: 'present', path: 'comm-libs/rccl', version: '2.13.4' },
  });
  therockTree(room, 'therock', '7.12.0', '', ['rocm-systems']);
  expect((await verdicts('therock', 'rccl-2-13')).place).toMatchObject({
    path: 'rocm-systems/projects/rccl',
    version: '2.99.0',
  });
});

test('a submodule that is not checked out, with the command that brings it', async () => {
  therockTree(room, 'sub', '1', '', []);
  await room.commitAll('sub');
  therockTree(room, 'therock', '7.9.0', '', ['rccl']);
  await room.commitAll('therock');
  const commit = await room.git('sub', 'rev-parse', 'HEAD');
  await room.git('therock', 'update-index', '--add', '--cacheinfo', `160000,${commit},comm-libs/rccl`);
  mkdirSync(room.path('therock/comm-libs/rccl'), { recursive: true });
  expect(await verdicts('therock', 'rccl-2-13')).toMatchObject({
    series: 'absent',
    reasons: expect.stringMatching(
      /not checked out; git -C \S+therock submodule update --init --depth 1 comm-libs\/rccl/,
    ),
    tree: { pins: [{ path: 'comm-libs/rccl', commit }] },
  });
});

test('a tarball of TheRock, a sparse rocm-systems, and one that has RCCL', async () => {
  therockTree(room, 'therock', '7.9.0', '', ['rccl']);
  expect((await verdicts('therock', 'rccl-2-13')).reasons).toContain(
    'git clone https://example.com/rccl.git',
  );
  therockTree(room, 'newer', '7.12.0', '', ['rocm-systems']);
  mkdirSync(room.path('newer/rocm-systems/projects/clr'), { recursive: true });
  expect((await verdicts('newer', 'rccl-2-13')).reasons).toMatch(/sparse-checkout add projects\/rccl/);
  room.write('systems/.github/repos-config.json', '{}');
  mkdirSync(room.path('systems/projects/clr'), { recursive: true });
  expect(await verdicts('systems', 'rccl-2-13')).toMatchObject({
    series: 'absent',
    reasons: expect.stringMatching(/git -C \S+systems sparse-checkout add projects\/rccl/),
  });
  rcclTree(room, 'systems/projects/rccl');
  expect(await verdicts('systems', 'rccl-2-13')).toMatchObject({
    series: 'applies',
    tree: { kind: 'rocm-systems' },
  });
  expect((await verdicts('systems', 'therock-rccl')).series).toBe('not-applicable');
});

test('a folder that is no tree, and none at all', async () => {
  mkdirSync(room.path('empty'));
  await expect(verdicts('empty', 'therock-rccl')).rejects.toThrow(/no source tree/);
  await expect(verdicts('nowhere', 'therock-rccl')).rejects.toThrow(/no such folder/);
});

test('the whole series for RCCL 2.13, for its kin too', async () => {
  rcclTree(room, 'rccl');
  const all = ['warp-size', 'trace-macros', 'll128-cache', 'default-targets'];
  expect((await verdicts('rccl', 'rccl-2-13')).patches).toEqual(all.map((id) => `${id}: applies`));
  expect((await verdicts('rccl', 'rccl-2-13', 'gfx1153')).patches).toEqual(all.map((id) => `${id}: applies`));
});

test('upstream has it, by whatever words', async () => {
  rcclTree(room, 'rccl');
  const path = 'rccl/src/include/devcomm.h';
  room.write(path, room.read(path).replace('(__gfx1030__)', '(__gfx1151__) || \\\n    defined(__gfx1030__)'));
  const found = await verdicts('rccl', 'rccl-2-13');
  expect(found.series).toBe('applies');
  expect(found.patches[0]).toBe('warp-size: upstream');
  expect(found.reasons).toContain('the tree has it of its own, since ROCm 5.6');
});

test("upstream's own commit that reads like the patch is not ours; a commit of it, or a change, is", async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  room.write('tree/a.txt', tenLines.replace('line 5', 'line five on gfx1151'));
  expect(await verdicts('tree', 'demo')).toMatchObject({
    series: 'applied',
    reasons: 'its text is in the tree',
  });
  await room.commitAll('tree');
  expect(await verdicts('tree', 'demo')).toMatchObject({
    series: 'upstream',
    reasons: expect.stringContaining('very text'),
  });
  room.write('tree/a.txt', tenLines);
  await room.git('tree', 'commit', '--quiet', '--all', '--message=back');
  expect((await verdicts('tree', 'demo')).series).toBe('applies');
  await room.git('tree', 'am', '--quiet', room.path('patches/demo/middle.patch'));
  expect(await verdicts('tree', 'demo')).toMatchObject({
    series: 'applied',
    reasons: expect.stringMatching(/^by commit [0-9a-f]{7,}$/),
  });
  await room.git('tree', 'reset', '--quiet', 'HEAD~1');
  expect(await verdicts('tree', 'demo')).toMatchObject({
    series: 'applied',
    reasons: 'in the working tree, not in its commit',
  });
});

test('applied, and needless by now', async () => {
  therockTree(room, 'therock', '7.12.0', '    rccl\n', []);
  await applySeries(
    real.get('therock-rccl')!,
    await findTree(room.path('therock'), [], never),
    { target: 'gfx1151', allowDirty: false, note: () => {} },
    never,
  );
  expect(await verdicts('therock', 'therock-rccl')).toMatchObject({
    series: 'applied',
    reasons: 'applied by halobox',
  });
  const path = 'therock/cmake/therock_amdgpu_targets.cmake';
  room.write(path, room.read(path).replace(/(gfx1151 [^)]*\)[^)]*PROJECTS\n) {4}rccl\n/, '$1'));
  expect(await verdicts('therock', 'therock-rccl')).toMatchObject({
    series: 'applied',
    reasons: expect.stringContaining('has the change of its own by now: revert it'),
  });
});

test('a half-applied tree: what is missing applies', async () => {
  rcclTree(room, 'rccl');
  await room.commitAll('rccl');
  const path = 'rccl/src/include/devcomm.h';
  room.write(
    path,
    room.read(path).replace('defined(__gfx1030__)', 'defined(__gfx1030__) || defined(__gfx1151__)'),
  );
  const found = await verdicts('rccl', 'rccl-2-13');
  expect(found.series).toBe('applies');
  expect(found.patches).toEqual([
    'warp-size: applied',
    'trace-macros: applies',
    'll128-cache: applies',
    'default-targets: applies',
  ]);
});

test('patches on the same lines, one over the other', async () => {
  demoTree(room);
  const over = {
    id: 'over',
    text: mail(
      'over',
      section('a.txt', '@@ -4,3 +4,3 @@\n line 4\n-line five on gfx1151\n+line V on gfx1151\n line 6\n'),
    ),
  };
  demoSeries(room, 'demo', [middle, over]);
  expect((await verdicts('tree', 'demo')).patches).toEqual(['middle: applies', 'over: applies']);
  room.write('tree/a.txt', tenLines.replace('line 5', 'line V on gfx1151'));
  expect((await verdicts('tree', 'demo')).patches).toEqual(['middle: applied', 'over: applied']);
});

test('an offset is no fuzz', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  room.write('tree/a.txt', `one more\nand another\n${tenLines}`);
  expect((await verdicts('tree', 'demo')).series).toBe('applies');
});

test.each([
  [
    'neighbouring lines changed',
    (text: string) => text.replace('line 4\n', 'line four\n'),
    /fit only with fuzz 1, that is with 0 of 1 lines of context/,
    4,
  ],
  [
    'the very line changed',
    (text: string) => text.replace('line 5', 'another thing'),
    /the lines that the hunk needs are not there/,
    4,
  ],
  [
    'trailing white space',
    (text: string) => text.replace('line 6\n', 'line 6  \n'),
    /trailing white space only/,
    4,
  ],
  ['white space inside', (text: string) => text.replace('line 6', 'line\t6'), /white space only/, 4],
  ['CRLF in places', (text: string) => text.replace('line 5\n', 'line 5\r\n'), /mixes CRLF and LF/, 4],
  [
    'several places',
    (text: string) => text + text,
    /fits at 2 places \(lines 4, 14\); it needs more context/,
    undefined,
  ],
])('a conflict: %s', async (_, edit, what, nearest) => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  room.write('tree/a.txt', edit(tenLines));
  const found = await verdicts('tree', 'demo');
  expect(found.series).toBe('conflict');
  expect(found.conflict).toMatchObject({
    ...{ file: 'a.txt', hunk: 1, line: 13, what: expect.stringMatching(what) },
    expected: ['line 4', 'line 5', 'line 6'],
  });
  expect(found.conflict?.nearest).toBe(nearest);
  if (nearest) expect(found.conflict?.found).toHaveLength(3);
});

test('a hunk without context below it is one for the end of the file', async () => {
  demoTree(room);
  const text = mail('end', section('a.txt', '@@ -4,2 +4,2 @@\n line 4\n-line 5\n+line V\n'));
  demoSeries(room, 'demo', [{ id: 'end', text }]);
  expect((await verdicts('tree', 'demo')).conflict?.what).toContain('at the end of the file only');
  room.write('tree/a.txt', 'line 4\nline 5\n');
  expect((await verdicts('tree', 'demo')).series).toBe('applies');
});

test('a file that was renamed upstream is found by its lines', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  mkdirSync(room.path('tree/src'));
  renameSync(room.path('tree/a.txt'), room.path('tree/src/b.txt'));
  expect((await verdicts('tree', 'demo')).conflict?.what).toBe(
    'a.txt is not there; src/b.txt has the lines that the patch needs',
  );
  rmSync(room.path('tree/src/b.txt'));
  expect((await verdicts('tree', 'demo')).conflict?.what).toBe('a.txt is not there');
});

test('a tree whose lines all end with CRLF', async () => {
  therockTree(room, 'therock', '7.9.0', '    rccl\n', ['rccl']);
  room.write(
    'therock/cmake/therock_amdgpu_targets.cmake',
    declarations('    rccl\n').replaceAll('\n', '\r\n'),
  );
  expect((await verdicts('therock', 'therock-rccl')).series).toBe('applies');
  room.write('therock/cmake/therock_amdgpu_targets.cmake', declarations('').replaceAll('\n', '\r\n'));
  expect((await verdicts('therock', 'therock-rccl')).series).toBe('upstream');
});

test('no symbolic link is followed', async () => {
  demoTree(room);
  demoSeries(room, 'demo', [middle]);
  room.write('victim.txt', tenLines);
  rmSync(room.path('tree/a.txt'));
  symlinkSync('../victim.txt', room.path('tree/a.txt'));
  expect((await verdicts('tree', 'demo')).conflict?.what).toContain('a.txt is a symbolic link');
  expect(room.read('victim.txt')).toBe(tenLines);
});

test('a shallow clone, a tree in the repository of somebody else, and a place below the tree', async () => {
  demoTree(room, 'origin');
  await room.commitAll('origin');
  room.write('origin/a.txt', tenLines);
  await room.git('origin', 'commit', '--quiet', '--allow-empty', '--message=more');
  await room.git('.', 'clone', '--quiet', '--depth=1', `file://${room.path('origin')}`, room.path('shallow'));
  demoSeries(room, 'demo', [middle]);
  expect(await verdicts('shallow', 'demo')).toMatchObject({
    series: 'applies',
    tree: { git: { shallow: true } },
  });

  room.write('home/README', 'mine\n');
  await room.commitAll('home');
  demoTree(room, 'home/tarball');
  expect(await verdicts('home/tarball', 'demo')).toMatchObject({
    series: 'applies',
    tree: { git: undefined },
  });

  demoTree(room, 'large/third-party/demo');
  expect((await verdicts('large', 'demo')).place).toMatchObject({
    path: 'third-party/demo',
    version: '1.2.3',
  });
});
