import { ProgramMissing, runHostProgram } from '../host/run-program.ts';

/** What some files of a catalog are checked out at; empty when they are in no git checkout. */
export interface Checkout {
  /** The last commit that changed them, with `-dirty` when they differ from it. */
  revision?: string;
  /** When that was committed. */
  time?: Date;
}

/** The files of a catalog that an image is made from: a commit of others makes no other image. */
export function definedBy(image: string): string[] {
  return [`images/${image}`, 'templates', 'patches'];
}

/**
 * @param root of the catalog.
 * @param paths below it.
 */
export async function readCheckout(
  root: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Checkout> {
  const git = async (...args: string[]): Promise<string | undefined> => {
    const { exitCode, stdout } = await runHostProgram({ command: 'git', args, cwd: root, signal });
    return exitCode === 0 ? stdout.trim() : undefined;
  };
  try {
    const last = await git('log', '-1', '--format=%H %ct', '--', ...paths);
    if (!last) return {};
    const [commit = '', seconds] = last.split(' ');
    // Files that are not yet in git are part of an image too.
    const differing = await git('status', '--porcelain', '--untracked-files=all', '--', ...paths);
    return {
      revision: differing === '' ? commit : `${commit}-dirty`,
      time: new Date(Number(seconds) * 1000),
    };
  } catch (error) {
    if (error instanceof ProgramMissing) return {};
    throw error;
  }
}
