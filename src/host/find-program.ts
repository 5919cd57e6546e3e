import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Where a program is, without starting it: `mmdebstrap --version` alone takes a tenth of a second.
 * @param program a name that is looked for on PATH, or a path, which is taken as it is.
 * @param further folders to look in after those of PATH.
 */
export function findProgram(
  program: string,
  env: NodeJS.ProcessEnv,
  further: readonly string[] = [],
): string | undefined {
  if (program.includes('/')) return program;
  const folders = [...(env.PATH ?? '').split(delimiter), ...further];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
