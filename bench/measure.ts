import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Program {
  command: string;
  args: readonly string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

export interface Sample {
  seconds: number;
  /** Largest resident size of the process, bytes. */
  peak: number;
}

/** Runs the program with its output thrown away. @throws with the end of stderr when it fails. */
export async function run(program: Program): Promise<Sample> {
  await unlessStopped();
  const start = performance.now();
  return finished(start, begin(program, 'ignore'), program);
}

/**
 * Runs the program and hands over its output line by line, as it comes.
 * @param take gets seconds since the start, and a way to read the CPU time (user and system, seconds, in steps of 10 ms)
 *   that the process used until then, without its children's.
 * @returns also its CPU time until the end, short of at most 10 ms.
 */
export async function runAndWatch(
  program: Program,
  take: (line: string, seconds: number, cpu: () => number) => void,
): Promise<Sample & { cpu: number }> {
  await unlessStopped();
  const start = performance.now();
  const child = begin(program, 'pipe');
  let cpu = 0;
  const read = (): number => {
    cpu = Math.max(cpu, cpuSeconds(child.pid));
    return cpu;
  };
  const watch = setInterval(read, 10);
  createInterface({ input: child.stdout! }).on('line', (line) =>
    take(line, (performance.now() - start) / 1000, read),
  );
  try {
    return { ...(await finished(start, child, program)), cpu };
  } finally {
    clearInterval(watch);
  }
}

/** @returns what the program printed. */
export async function outputOf(program: Program): Promise<string> {
  const lines: string[] = [];
  await runAndWatch(program, (line) => lines.push(line));
  return lines.join('\n');
}

/** Runs the program with a pipe for its output, which `cat` empties: so nobody can tell that it is thrown away. */
export async function runIntoPipe(program: Program, folder: string): Promise<Sample> {
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  const consumer = spawn('sh', ['-c', 'exec cat "$0" >/dev/null', pipe], { stdio: 'inherit' });
  const emptied = new Promise((resolve) => consumer.once('exit', resolve));
  const output = openSync(pipe, 'w');
  try {
    const start = performance.now();
    const child = begin(program, output);
    closeSync(output);
    const sample = await finished(start, child, program);
    await emptied;
    return { ...sample, seconds: (performance.now() - start) / 1000 };
  } finally {
    rmSync(pipe);
  }
}

function begin({ command, args, cwd, env }: Program, output: number | 'ignore' | 'pipe'): ChildProcess {
  const options: SpawnOptions = { stdio: ['ignore', output, 'pipe'], cwd, env: { ...process.env, ...env } };
  const child = spawn(command, args, options);
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

let stopped = false;

async function unlessStopped(): Promise<void> {
  if (stopped) await new Promise<never>(() => {});
}

const running = new Set<ChildProcess>();

/** Asks whatever is being measured to end, and waits until it has; whoever waits for a measurement waits on. */
export async function endRunning(): Promise<void> {
  stopped = true;
  const ended = [...running].map((child) => once(child, 'close'));
  for (const child of running) child.kill('SIGTERM');
  await Promise.all(ended);
}

function finished(start: number, child: ChildProcess, { command, args }: Program): Promise<Sample> {
  let peak = 0;
  let complaint = '';
  // The kernel keeps the high-water mark, so it only has to be read shortly before the end.
  const watch = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid));
  }, 10);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-500);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    let seconds = 0;
    child.once('exit', () => {
      clearInterval(watch);
      seconds = (performance.now() - start) / 1000;
    });
    child.once('close', (code) => {
      if (stopped) return;
      if (code === 0) resolve({ seconds, peak });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${complaint.trim()}`));
    });
  });
}

function highWater(pid: number | undefined): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** utime and stime of proc_pid_stat(5); Linux counts them in hundredths of a second whatever its own tick is. */
function cpuSeconds(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
