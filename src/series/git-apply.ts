import { resolve } from 'node:path';
import { ProgramMissing, runHostProgram } from '../host/run-program.ts';
import { ExitCode, HaloboxError } from '../model/error.ts';

/**
 * Runs `git apply` on a tree without touching any repository around it. git refuses paths that leave the tree and
 * needs every context line to be there; it has no fuzz.
 * @returns git's own words when the patch does not fit; undefined when it does.
 */
export async function gitApply(
  tree: string,
  patch: string,
  options: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const result = await runHostProgram({
      command: 'git',
      args: ['apply', '--whitespace=nowarn', ...options, resolve(patch)],
      cwd: tree,
      // The tree may stand below somebody's repository; git must not take its paths as being relative to that.
      env: {
        GIT_CEILING_DIRECTORIES: resolve(tree, '..'),
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
      signal,
    });
    return result.exitCode === 0 ? undefined : result.stderr.trim();
  } catch (error) {
    if (!(error instanceof ProgramMissing)) throw error;
    throw new HaloboxError(ExitCode.failed, {
      what: 'git is needed to apply patches and is not installed',
      next: 'Install git (Debian, Ubuntu: apt-get install git; Fedora: dnf install git).',
    });
  }
}
