import { ProgramMissing, runHostProgram } from '../host/run-program.ts';

/** What a catalog is checked out at; empty when it is not a git checkout. */
export interface Checkout {
  /** The commit, with `-dirty` when files differ from it. */
  revision?: string;
  /** When that was committed. */
  time?: Date;
}

export async function readCheckout(root: string, signal: AbortSignal): Promise<Checkout> {
  const git = async (...args: string[]): Promise<string | undefined> => {
    const { exitCode, stdout } = await runHostProgram({ command: 'git', args, cwd: root, signal });
    return exitCode === 0 ? stdout.trim() : undefined;
  };
  try {
    const [revision, seconds] = await Promise.all([
      git('describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'),
      git('log', '-1', '--format=%ct'),
    ]);
    return {
      ...(revision !== undefined && { revision }),
      ...(seconds !== undefined && { time: new Date(Number(seconds) * 1000) }),
    };
  } catch (error) {
    if (error instanceof ProgramMissing) return {};
    throw error;
  }
}
