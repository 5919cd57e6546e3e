import { type HostResult, ProgramMissing, runHostProgram } from '../host/run-program.ts';
import { ExitCode, HaloboxError } from '../model/error.ts';

/** For folders of our own: nothing that the person or the machine has set changes what git does there. */
export const isolated: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

/**
 * Runs git in a folder, without prompts and without starting anything in the background.
 * @param options.whole give stdout with its last line end.
 * @throws HaloboxError when git is not installed, or refuses the folder because of its owner; Interrupted.
 */
export async function git(
  folder: string,
  args: readonly string[],
  signal: AbortSignal,
  { env = {}, whole = false }: { env?: Readonly<Record<string, string>>; whole?: boolean } = {},
): Promise<HostResult> {
  let result: HostResult;
  try {
    result = await runHostProgram({
      command: 'git',
      args: ['-c', 'core.fsmonitor=false', ...args],
      cwd: folder,
      env: { GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', ...env },
      signal,
      whole,
    });
  } catch (error) {
    if (!(error instanceof ProgramMissing)) throw error;
    throw new HaloboxError(ExitCode.failed, {
      what: 'git is needed to apply patches and is not installed',
      next: 'Install git (Debian, Ubuntu: apt-get install git; Fedora: dnf install git).',
    });
  }
  if (result.exitCode === 128 && result.stderr.includes('dubious ownership')) {
    throw new HaloboxError(ExitCode.failed, {
      what: 'git does not trust this checkout, because it belongs to somebody else',
      where: { file: folder },
      next: `If you trust it: git config --global --add safe.directory ${folder}`,
    });
  }
  return result;
}
