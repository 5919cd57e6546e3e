import { join } from 'node:path';
import { execa } from 'execa';
import type { ReportEvent } from '../../src/report/event.ts';

export const repository = join(import.meta.dirname, '../..');

export interface Ended {
  exitCode: number | undefined;
  signal: string | undefined;
  stdout: string;
  stderr: string;
}

export interface HaloboxOptions {
  env: Record<string, string>;
  /** Folder with images/, templates/ and patches/; default: the repository. */
  directory?: string;
  /** Runs it as somebody else, who sees the repository elsewhere; default: as the suite itself. */
  as?: { repository: string; run: Run };
}

type Run = (
  program: string,
  args: readonly string[],
  options: { env: Record<string, string>; cwd: string },
) => Promise<{ exitCode: number | undefined; stdout: string; stderr: string }>;

/** Starts the command line as people do, as a process of its own. Nothing of the suite's engines leaks into it. */
export function startHalobox(args: readonly string[], { env, directory }: HaloboxOptions) {
  const { DOCKER_HOST, DOCKER_CONTEXT, CONTAINER_HOST, HALOBOX_ENGINE, ...rest } = process.env;
  return execa(
    process.execPath,
    [join(repository, 'src/cli/halobox.ts'), ...catalogFlag({ directory }), ...args],
    { reject: false, stdin: 'ignore', extendEnv: false, env: { ...rest, ...env }, cwd: repository },
  );
}

const catalogFlag = ({ directory }: { directory?: string | undefined }) =>
  directory ? ['-C', directory] : [];

export async function halobox(args: readonly string[], options: HaloboxOptions): Promise<Ended> {
  if (options.as) {
    const { repository: seen, run } = options.as;
    const node = process.execPath.replace(repository, seen);
    const words = [join(seen, 'src/cli/halobox.ts'), ...catalogFlag(options), ...args];
    const ended = await run(node, words, {
      env: options.env,
      cwd: seen,
    });
    return { signal: undefined, ...ended };
  }
  const { exitCode, signal, stdout, stderr } = await startHalobox(args, options);
  return { exitCode, signal, stdout, stderr };
}

type ErrorEvent = {
  event: 'error';
  exitCode: number;
  what: string;
  where?: unknown;
  detail?: string[];
  next?: string;
};

/** The events of a `--json` run. */
export function eventsOf(stdout: string): (ReportEvent | ErrorEvent)[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ReportEvent | ErrorEvent);
}

type Named<Name> = Extract<ReportEvent | ErrorEvent, { event: Name }>;

/** The only event of a name. */
export function eventOf<Name extends (ReportEvent | ErrorEvent)['event']>(
  stdout: string,
  name: Name,
): Named<Name> {
  const found = eventsOf(stdout).filter(({ event }) => event === name);
  if (found.length !== 1) throw new Error(`${found.length} events ${name} in:\n${stdout}`);
  return found[0] as Named<Name>;
}
