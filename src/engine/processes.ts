import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** One line of the process table. */
export interface Process {
  pid: number;
  parent: number;
  /** Z for one that has ended and waits for its parent. */
  state: string;
  /** With the pid it names a process for good: pids come again. */
  start: string;
}

/** Reads `/proc/<pid>/stat`. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function parseStat(text: string): Process | undefined {
  // The command is in parentheses and may itself hold spaces and parentheses.
  const close = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(close + 2).split(' ');
  const [state, parent, start] = [fields[0], fields[1], fields[19]];
  if (close < 0 || !Number.isInteger(pid) || !state || !parent || !start) return undefined;
  return { pid, parent: Number(parent), state, start };
}

/** All processes that this one can see. What is read of each waits for nothing; a pool of threads takes six times as long. */
export function processTable(): Process[] {
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return names.flatMap((name) => readProcess(Number(name)) ?? []);
}

export function readProcess(pid: number): Process | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** When a process started; undefined when there is none, or only its remains. */
export function startOf(pid: number): string | undefined {
  const found = readProcess(pid);
  return found === undefined || found.state === 'Z' || found.state === 'X' ? undefined : found.start;
}

/** Children, their children and so on; not the roots themselves. Parents before children. */
export function descendantsOf(roots: Iterable<number>, table: readonly Process[]): Process[] {
  const children = new Map<number, Process[]>();
  for (const one of table) children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
  const seen = new Set(roots);
  const found: Process[] = [];
  for (const pid of seen) {
    for (const child of children.get(pid) ?? []) {
      if (seen.has(child.pid)) continue;
      seen.add(child.pid);
      found.push(child);
    }
  }
  return found;
}

/** Processes whose environment holds `NAME=value`, which children inherit even when they left their parents. */
export async function markedProcesses(mark: string, table: readonly Process[]): Promise<Process[]> {
  const marked = await Promise.all(
    table.map(async ({ pid }) => (await readMemory(pid, 'environ')).split('\0').includes(mark)),
  );
  return table.filter((_, index) => marked[index]);
}

/** The arguments a process was started with. */
export async function argumentsOf(pid: number): Promise<string[]> {
  return (await readMemory(pid, 'cmdline')).split('\0');
}

/**
 * Of what stands in the memory of a process: the kernel waits for a process that is stuck, as this one must not.
 * Processes end while they are looked at, and others' can't be looked into: then there is nothing to read.
 */
async function readMemory(pid: number, name: 'environ' | 'cmdline'): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
