import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

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
export function run(program: Program): Promise<Sample> {
  const start = performance.now();
  return finished(start, begin(program, 'ignore'), program);
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

function begin({ command, args, cwd, env }: Program, output: number | 'ignore'): ChildProcess {
  const options: SpawnOptions = { stdio: ['ignore', output, 'pipe'], cwd, env: { ...process.env, ...env } };
  return spawn(command, args, options);
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

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
