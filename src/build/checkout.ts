import { ProgramMissing, runHostProgram } from '../host/run-program.ts';

/** What some files of a catalog are checked out at; empty when they are in no git checkout. */
export interface Checkout {
  /** The last commit that changed them, with `-dirty` when they differ from it. */
  revision?: string;
  /** When that was committed. */
  time?: Date;
}

/**
 * The files of a catalog that an image is made from, as pathspecs of git: a commit of others makes no other image, nor
 * does what an editor leaves beside them.
 */
export function definedBy(image: string): string[] {
  const own = ['image.yaml', 'known-bad.yaml', 'lock.json', 'files'].map((name) => `images/${image}/${name}`);
  return [...own, ':(glob)templates/**/*.hbs', 'patches', ':(exclude,glob)patches/**/.*'];
}

/**
 * @param root of the catalog.
 * @param paths pathspecs of git, below it.
 */
export async function readCheckout(
  root: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Checkout> {
  const git = async (...args: string[]): Promise<string | undefined> => {
    const { exitCode, stdout } = await runHostProgram({
      command: 'git',
      // What people set there would come before what is asked for.
      args: ['-c', 'log.showSignature=false', ...args],
      cwd: root,
      // A commit that is made meanwhile needs the index for itself.
      env: { GIT_OPTIONAL_LOCKS: '0' },
      signal,
    });
    return exitCode === 0 ? stdout.trim() : undefined;
  };
  try {
    const last = await git('log', '-1', '--format=%H %ct', '--', ...paths);
    if (!last) return {};
    const [commit = '', seconds] = last.split(' ');
    // Files that are not yet in git, or never will be, are part of an image too.
    const differing = await git(
      'status',
      '--porcelain',
      '--untracked-files=all',
      '--ignored',
      '--',
      ...paths,
    );
    return {
      revision: differing === '' ? commit : `${commit}-dirty`,
      time: new Date(Number(seconds) * 1000),
    };
  } catch (error) {
    if (error instanceof ProgramMissing) return {};
    throw error;
  }
}
