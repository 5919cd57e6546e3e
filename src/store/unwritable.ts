import { ExitCode, HaloboxError } from '../model/error.ts';

const refusals = ['EACCES', 'EDQUOT', 'EFBIG', 'EIO', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS'];

/**
 * What the file system refuses is the person's to mend, not a fault of ours: exit code 1, naming the folder.
 * @param variable by which the folder can be another one.
 */
export function unwritable(
  error: unknown,
  folder: string,
  variable: 'XDG_CACHE_HOME' | 'XDG_STATE_HOME' = 'XDG_CACHE_HOME',
): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !refusals.includes(code)) return error;
  return new HaloboxError(ExitCode.failed, {
    what: `the folder can't be written: ${message}`,
    where: { file: folder },
    next: `Make room, or see to the right to write there, or set ${variable} to another folder; then run it again.`,
    cause: error,
  });
}
