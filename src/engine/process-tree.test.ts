import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { killChildren, killTree, processesOf } from './process-tree.ts';
import { startOf } from './processes.ts';

const mark = `HALOBOX_BUILD=${randomUUID()}`;
const roots: ChildProcessByStdio<null, Readable, null>[] = [];

/** Runs a shell script that prints the ids of what it starts; resolves when it has printed `count` of them. */
async function start(script: string, count: number): Promise<{ root: number; pids: number[] }> {
  const [name, value] = mark.split('=') as [string, string];
  const child = spawn('sh', ['-c', script, 'root-script'], {
    env: { ...process.env, [name]: value },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  roots.push(child);
  const pids: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    pids.push(Number(line));
    if (pids.length === count) break;
  }
  return { root: child.pid!, pids };
}

const living = async (pids: readonly number[]) => {
  const starts = await Promise.all(pids.map((pid) => startOf(pid)));
  return pids.filter((_, index) => starts[index] !== undefined);
};

const listed = async (tree: Parameters<typeof processesOf>[0]) =>
  (await processesOf(tree)).map(({ pid }) => pid).sort();

afterEach(async () => {
  await killTree({ roots: roots.flatMap(({ pid }) => pid ?? []), mark });
  roots.length = 0;
});

const orphan = `sh -c 'setsid sh -c "echo \\$\\$; exec sleep 1000" & wait $!' & echo $!`;

test('children in sessions of their own go with the root', async () => {
  const { root, pids } = await start(`${orphan}; wait`, 2);
  // A setsid that has forked may still be on its way out.
  await expect.poll(() => listed({ roots: [root] })).toEqual([root, ...pids].sort());
  expect(await killTree({ roots: [root] })).toBe(true);
  expect(await living([root, ...pids])).toEqual([]);
});

test('one that left its parents is found by its environment', async () => {
  const { root, pids } = await start('(setsid sh -c "echo \\$\\$; exec sleep 1000" &)', 1);
  if (roots[0]!.exitCode === null) await once(roots[0]!, 'exit');
  await expect.poll(() => listed({ roots: [root] })).toEqual([]);
  await expect.poll(() => listed({ roots: [], mark })).toEqual(pids);
  expect(await killTree({ roots: [], mark })).toBe(true);
  expect(await living(pids)).toEqual([]);
});

test('killing the children lets the root see it and end by itself', async () => {
  const { root, pids } = await start('sleep 1000 & echo $!; wait $!; exit 7', 1);
  const exit = once(roots[0]!, 'exit');
  await killChildren({ roots: [root], mark }, 'root-script');
  expect(await living(pids)).toEqual([]);
  expect(await exit).toEqual([7, null]);
});

test('what is not allowed to be killed is handed to the one who may', async () => {
  const { root } = await start('echo $$; exec sleep 1000', 1);
  const original = process.kill;
  const asked: number[] = [];
  process.kill = () => {
    throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
  };
  try {
    const killOthers = async (pids: readonly number[]) => {
      asked.push(...pids);
      for (const pid of pids) original.call(process, pid, 'SIGKILL');
    };
    expect(await killTree({ roots: [root], killOthers })).toBe(true);
  } finally {
    process.kill = original;
  }
  expect(asked[0]).toBe(root);
});

test('nothing to kill is done at once', async () => {
  expect(await killTree({ roots: [], mark: `HALOBOX_BUILD=${randomUUID()}` })).toBe(true);
});
