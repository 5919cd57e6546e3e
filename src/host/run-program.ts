import { execa } from 'execa';
import { Interrupted } from '../model/error.ts';

export interface HostProgram {
  command: string;
  args: readonly string[];
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /** Give stdout with its last line end, for files' contents. */
  whole?: boolean;
}

export interface HostResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** The program is not on this machine. */
export class ProgramMissing extends Error {}

/**
 * Runs a program of the host and returns what it printed, whatever its exit code.
 * @throws ProgramMissing; Interrupted when the signal aborts it.
 */
export async function runHostProgram({
  command,
  args,
  cwd,
  env,
  signal,
  whole = false,
}: HostProgram): Promise<HostResult> {
  const result = await execa(command, args, {
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: !whole,
    env: { ...env, LC_ALL: 'C.UTF-8' },
    ...(cwd && { cwd }),
    ...(signal && { cancelSignal: signal, forceKillAfterDelay: 1000 }),
  });
  // A terminal's Ctrl-C reaches the program too, which may end before it is told to.
  if (result.isCanceled || signal?.aborted) throw new Interrupted();
  if (result.code === 'ENOENT') throw new ProgramMissing(`${command} is not installed`, { cause: result });
  if (result.exitCode === undefined && !result.signal)
    throw new Error(`${command}: ${result.shortMessage}`, { cause: result });
  return { exitCode: result.exitCode ?? 128, stdout: result.stdout, stderr: result.stderr };
}
