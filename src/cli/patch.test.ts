import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demoSeries, demoTree, everything, middle, Room, tenLines, therockTree } from '../series/fixtures.ts';
import { main } from './main.ts';

let room: Room;

beforeEach(() => {
  room = new Room();
  demoTree(room);
  demoSeries(room, 'demo', [middle, everything]);
});
afterEach(() => room.close());

async function run(command: string, ...more: string[]) {
  const said = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _, done) {
        said[name] += chunk;
        done();
      },
    });
  const host = {
    env: {},
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    getuid: () => 0,
    on: () => {},
    off: () => {},
  };
  const args = ['-C', room.root, 'patch', command, '--tree', room.path('tree'), ...more];
  const exitCode = await main(args, host as unknown as Parameters<typeof main>[1]);
  return { exitCode, ...said };
}

test('status, apply, verify and revert, for people and as documents', async () => {
  expect(await run('verify')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('demo/middle') });
  expect((await run('apply')).stdout).toMatch(/\napplied {3}demo: middle, everything\n$/);
  expect((await run('apply')).stdout).toMatch(/\nnothing to apply\n$/);
  expect(await run('verify')).toMatchObject({ exitCode: 0 });
  const status = JSON.parse((await run('status', '--json')).stdout);
  expect(status).toMatchObject({
    ...{ target: 'gfx1151', tree: { kind: 'other', root: room.path('tree') } },
    series: [
      {
        series: 'demo',
        project: 'demo',
        verdict: 'applied',
        applied: { patches: ['middle', 'everything'] },
        patches: [
          { id: 'middle', verdict: 'applied' },
          { id: 'everything', verdict: 'applied' },
        ],
      },
    ],
  });
  expect((await run('revert')).stdout).toMatch(/\nreverted {2}demo: middle, everything\n$/);
  expect((await run('revert')).stdout).toMatch(/\nnothing to revert\n$/);
});

test('a conflict: exit code 4, the place in the patch and in the tree, and no other series is applied', async () => {
  demoSeries(room, 'another', [everything]);
  room.write('tree/a.txt', tenLines.replace('line 5', 'line V'));
  const before = room.digest('tree');
  for (const command of ['status', 'apply']) {
    const { exitCode, stdout, stderr } = await run(command);
    expect(exitCode).toBe(4);
    expect(stdout + stderr).toMatch(/patches\/demo\/middle\.patch/);
    expect(stdout + stderr).toMatch(/a\.txt:4: hunk 1: /);
  }
  expect(room.digest('tree')).toBe(before);
  const { series } = JSON.parse((await run('status', '--json')).stdout);
  expect(series[1].patches[0].conflict).toMatchObject({
    file: 'a.txt',
    hunk: 1,
    nearest: 4,
    expected: ['line 4', 'line 5', 'line 6'],
  });
  expect((await run('apply', '--series', 'another')).exitCode).toBe(0);
});

test('a project that is not checked out fails what was asked for by name, and nothing else', async () => {
  therockTree(room, 'tree', '7.12.0', '    rccl\n', ['rocm-systems']);
  const root = join(import.meta.dirname, '../..');
  const real = (command: string, ...more: string[]) => run(command, '-C', root, ...more);
  expect(await real('apply')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('applied   therock-rccl'),
  });
  expect((await real('verify')).exitCode).toBe(0);
  for (const command of ['apply', 'verify']) {
    const named = await real(command, '--series', 'rccl-2-27');
    expect(named).toMatchObject({ exitCode: 1 });
    expect(named.stdout + named.stderr).toContain('rocm-systems is not checked out');
  }
});

test('a series on request is asked for by its name alone', async () => {
  demoSeries(room, 'rare', [everything], 'onRequest: true\n');
  expect((await run('status')).stdout).not.toContain('rare');
  expect((await run('status', '--series', 'rare')).stdout).toContain('rare');
});

test.each([
  [['--series', 'nothing'], 'there is no series "nothing"'],
  [['--target', 'x; rm -rf /'], 'must be a hardware target'],
])('wrong usage: %j', async (more, what) => {
  expect(await run('status', ...more)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(what) });
});

test('a tree that is none, and a broken series, with their places', async () => {
  const none = await run('status', '--tree', room.path('patches'));
  expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no source tree') });
  room.write('patches/demo/middle.patch', 'nonsense');
  expect(await run('status')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/middle\.patch:1: there is no `diff --git`/),
  });
});

test('export names one series and a TheRock', async () => {
  expect(await run('export')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('one series has to be named'),
  });
  expect(await run('export', '--series', 'demo')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('checkout of TheRock'),
  });
});
