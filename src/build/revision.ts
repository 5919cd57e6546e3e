import { ProgramMissing, runHostProgram } from '../host/run-program.ts';

/**
 * The commit that the catalog is checked out at, with `-dirty` when files differ from it; undefined when it is not
 * a git checkout.
 */
export async function revisionOf(root: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const args = ['describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'];
    const { exitCode, stdout } = await runHostProgram({ command: 'git', args, cwd: root, signal });
    return exitCode === 0 ? stdout.trim() : undefined;
  } catch (error) {
    if (error instanceof ProgramMissing) return undefined;
    throw error;
  }
}
