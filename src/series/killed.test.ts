import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demoSeries, demoTree, everything, mail, middle, Room, section } from './fixtures.ts';

/** Runs the command line in a process of its own that is killed before its n-th change of the file system. */
const preload = `
const fs = require('node:fs');
let left = Number(process.env.HALOBOX_TEST_DIES_AT);
const open = new Set();
const names = ['writeFileSync', 'renameSync', 'rmSync', 'mkdirSync', 'rmdirSync', 'fsyncSync', 'fchmodSync', 'openSync', 'writeSync'];
for (const name of names) {
  const real = fs[name];
  fs[name] = (...args) => {
    const reads = name === 'openSync' && !String(args[1]).includes('w');
    const ours = !reads && (open.has(args[0]) || [args[0], args[1]].some((arg) => String(arg).includes(process.env.HALOBOX_TEST_TREE)));
    if (ours && left-- === 0) {
      if (!process.env.HALOBOX_TEST_FULL) process.kill(process.pid, 'SIGKILL');
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    }
    const result = real(...args);
    if (name === 'openSync' && ours) open.add(result);
    return result;
  };
}
require('node:module').syncBuiltinESMExports();
`;

const many = 8;
let room: Room;

beforeEach(async () => {
  room = new Room();
  demoTree(room);
  const files = Array.from({ length: many }, (_, index) => `deep/f${index}.txt`);
  for (const file of files) room.write(`tree/${file}`, 'one\ntwo\nthree\n');
  const text = mail(
    'many',
    ...files.map((file) => section(file, '@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n')),
  );
  demoSeries(room, 'demo', [middle, everything, { id: 'many', text }]);
  room.write('preload.cjs', preload);
  room.write('program.mjs', program);
});
afterEach(() => room.close());

/** What the command line does, without its words: quicker to start. */
const program = `
import { readAllSeries } from ${JSON.stringify(join(import.meta.dirname, '../catalog/read-series.ts'))};
import { applySeries } from ${JSON.stringify(join(import.meta.dirname, 'apply.ts'))};
import { findTree } from ${JSON.stringify(join(import.meta.dirname, 'find-tree.ts'))};
import { revertSeries } from ${JSON.stringify(join(import.meta.dirname, 'revert.ts'))};
const [, , root, command] = process.argv;
const series = readAllSeries(root).get('demo');
const signal = new AbortController().signal;
const tree = await findTree(root + '/tree', [series.project], signal);
const options = { target: 'gfx1151', allowDirty: false, note: () => {} };
await (command === 'apply' ? applySeries : revertSeries)(series, tree, options, signal);
`;

interface Ended {
  code: number | null;
  signal: string | null;
  said: string;
}

function run(
  command: string,
  { diesAt, killAfter }: { diesAt?: number; killAfter?: number } = {},
): Promise<Ended> {
  const args = [room.path('program.mjs'), room.root, command];
  return ended(
    diesAt === undefined ? args : ['--require', room.path('preload.cjs'), ...args],
    diesAt,
    killAfter,
  );
}

/** The real command line. */
function halobox(command: string): Promise<Ended> {
  const main = join(import.meta.dirname, '../cli/halobox.ts');
  return ended([main, '-C', room.root, 'patch', command, '--tree', room.path('tree'), '--series', 'demo']);
}

function ended(args: string[], diesAt?: number, killAfter?: number): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      // What one that is killed leaves goes with the room.
      TMPDIR: room.root,
      NODE_COMPILE_CACHE: room.path('compiled'),
      HALOBOX_TEST_DIES_AT: String(diesAt),
      HALOBOX_TEST_TREE: room.path('tree'),
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  if (killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, said })));
}

/** Nothing of halobox's own is left in the tree. */
function leftovers(): string[] {
  return readdirSync(room.path('tree'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /halobox/.test(name),
  );
}

test('killed before any of its changes, apply and revert leave a tree that the next run makes whole', async () => {
  const before = room.digest('tree');
  await run('apply');
  const patched = contents();
  await run('revert');
  expect(room.digest('tree')).toBe(before);

  let deaths = 0;
  for (const command of ['apply', 'revert']) {
    // Every change of the record and of the first files, then every so many: the others are like them.
    for (let at = 0; ; at += at < 8 ? 1 : 14) {
      if (command === 'revert') await run('apply');
      const killed = await run(command, { diesAt: at });
      if (killed.signal === null) break;
      deaths++;
      const again = at % 2 === 0 ? 'apply' : 'revert';
      const next = await run(again);
      expect(next.code, `${command} killed at ${at}, then ${again}: ${next.said}`).toBe(0);
      if (again === 'apply') {
        expect(contents(), `${command} killed at ${at}, then ${again}`).toBe(patched);
        await run('revert');
      }
      expect(room.digest('tree'), `${command} killed at ${at}, then ${again}`).toBe(before);
      expect(leftovers()).toEqual([]);
    }
  }
  expect(deaths).toBeGreaterThan(25);
}, 240_000);

test('killed at 50 random moments the tree is never half patched after the next run', async () => {
  const before = room.digest('tree');
  await run('apply');
  await run('revert');
  const started = performance.now();
  await run('apply');
  const long = performance.now() - started;
  await run('revert');
  let killed = 0;
  for (let round = 0; round < 50; round++) {
    // Most of a run is reading; its last third holds all of its changes.
    const { signal } = await run('apply', { killAfter: long * (0.4 + 0.6 * Math.random()) });
    if (signal === 'SIGKILL') killed++;
    const next = await run('revert');
    expect(next.code, next.said).toBe(0);
    expect(room.digest('tree')).toBe(before);
  }
  expect(killed).toBeGreaterThan(0);
  expect(leftovers()).toEqual([]);
}, 240_000);

test('a full disk in the middle is undone at once, and said', async () => {
  const before = room.digest('tree');
  process.env.HALOBOX_TEST_FULL = 'yes';
  try {
    for (const diesAt of [0, 30, 60, 90, 120]) {
      const { code, said } = await run('apply', { diesAt });
      expect(code, said).toBe(1);
      expect(said).toContain("the tree can't be written: ENOSPC");
      expect(room.digest('tree'), `full at ${diesAt}`).toBe(before);
    }
  } finally {
    delete process.env.HALOBOX_TEST_FULL;
  }
  expect(leftovers()).toEqual([]);
}, 60_000);

test('a tree that somebody changed after the kill is named and left alone', async () => {
  const half = () =>
    existsSync(room.path('tree/.halobox/journal.json')) && room.read('tree/deep/f1.txt').includes('TWO');
  for (let at = 110; !half(); at += 6) {
    await run('revert');
    expect((await run('apply', { diesAt: at })).signal).toBe('SIGKILL');
  }
  room.write('tree/deep/f1.txt', 'mine\n');
  expect((await halobox('status')).said).toContain('A run was killed while it patched this tree');
  const { code, said } = await halobox('revert');
  expect(code).toBe(1);
  expect(said).toMatch(/deep\/f1\.txt, whose text before was \S+blobs/);
  expect(room.read('tree/deep/f1.txt')).toBe('mine\n');
  // As it was said to: put back, and run again.
  room.write('tree/deep/f1.txt', 'one\ntwo\nthree\n');
  expect((await halobox('verify')).said).toContain('files are as they were before');
  expect(leftovers()).toEqual([]);
}, 120_000);

/** The digest without what halobox keeps beside the tree. */
function contents(): string {
  const all = readdirSync(room.path('tree'), { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile() && !entry.parentPath.includes('.halobox'));
  const texts = files.map((entry) => {
    const path = join(entry.parentPath, entry.name).slice(room.root.length + 1);
    return `${path}\n${room.read(path)}`;
  });
  return texts.sort().join('\n');
}
