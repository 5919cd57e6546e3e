import { setTimeout as delay } from 'node:timers/promises';
import {
  argumentsOf,
  descendantsOf,
  markedProcesses,
  type Process,
  processTable,
  startOf,
} from './processes.ts';

export interface Tree {
  roots: readonly number[];
  /** `NAME=value` in the environment of the roots: finds children that left their parents. */
  mark?: string;
  /** Ends what this process may not signal: in a user namespace, processes run under other ids. */
  killOthers?: (pids: readonly number[]) => Promise<void>;
}

/** Between two looks at the process table, at most; what was killed is mostly gone at once. Milliseconds. */
const longest = 20;

/** Helpers that podman leaves behind on purpose, for all its containers; they are nobody's to kill. */
const shared = /(?:^|\/)(?:catatonit|aardvark-dns|conmon)$/;

/** All living processes of a tree: the roots, the marked, and everything below them. */
export async function processesOf({ roots, mark }: Tree): Promise<Process[]> {
  const table = processTable();
  const marked: Process[] = [];
  for (const one of mark === undefined ? [] : await markedProcesses(mark, table)) {
    if (!shared.test((await argumentsOf(one.pid))[0] ?? '')) marked.push(one);
  }
  const tops = new Set([...roots, ...marked.map(({ pid }) => pid)]);
  const all = [...table.filter(({ pid }) => tops.has(pid)), ...descendantsOf(tops, table)];
  return all.filter(({ state, pid }) => state !== 'Z' && state !== 'X' && pid !== process.pid);
}

/**
 * Kills a tree until nothing of it is left.
 *
 * The whole tree is found before the first process is killed: a container's first process is a child of the runtime
 * only until that ends, and once that process is killed the kernel ends the rest of its PID namespace.
 * @param within milliseconds after which to give up.
 * @returns whether nothing is left.
 */
export async function killTree(tree: Tree, within = 2000): Promise<boolean> {
  const deadline = Date.now() + within;
  let victims: Process[] = [];
  for (let pause = 1; ; pause = Math.min(2 * pause, longest)) {
    const found = await processesOf(tree);
    // Who is on its way out may be found no more: by its parents, which are gone, or by its environment, which is too.
    const leaving = victims.filter(
      ({ pid, start }) => startOf(pid) === start && !found.some((one) => one.pid === pid),
    );
    victims = [...found, ...leaving];
    if (victims.length === 0) return true;
    if (Date.now() > deadline) return false;
    await killAll(victims, tree);
    await delay(pause);
  }
}

/**
 * Kills what a tree's roots have started until now, and waits for its end; the roots then see their children fail, and
 * may start others to clean up.
 * @param spared text among the arguments of the roots, which podman starts a second time in its user namespace.
 */
export async function killChildren(tree: Tree, spared: string, within = 1000): Promise<void> {
  const deadline = Date.now() + within;
  let victims: Process[] = [];
  for (const one of await processesOf(tree)) {
    if (!(await argumentsOf(one.pid)).some((text) => text.includes(spared))) victims.push(one);
  }
  for (let pause = 1; victims.length > 0 && Date.now() < deadline; pause = Math.min(2 * pause, longest)) {
    await killAll(victims, tree);
    await delay(pause);
    victims = victims.filter(({ pid, start }) => startOf(pid) === start);
  }
}

async function killAll(victims: readonly Process[], { killOthers }: Tree): Promise<void> {
  const refused = victims.map(({ pid }) => pid).filter((pid) => !kill(pid));
  if (refused.length > 0) await killOthers?.(refused);
}

/** False when this process has no right to. */
function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}
