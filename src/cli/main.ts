import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import { ExitCode, HaloboxError } from '../model/error.ts';
import { errorDocument, errorText } from '../report/error-text.ts';
import { foldersOf } from '../store/folders.ts';
import { createProgram } from './program.ts';
import type { Surroundings } from './surroundings.ts';

type Host = Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr' | 'getuid' | 'on' | 'off'>;

/** This file runs as `src/cli/main.ts` in a checkout and as `dist/<chunk>.cjs` in the package. */
const own = resolve(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../..' : '..');

/** Parses the command line, runs the command, tells failures. @returns the exit code. */
export async function main(args: readonly string[], host: Host): Promise<number> {
  const stop = new AbortController();
  // Set before 'once' so that a second Ctrl-C ends the process as usual.
  const onSignal = (): void => {
    host.off('SIGINT', onSignal);
    host.off('SIGTERM', onSignal);
    host.off('SIGHUP', onSignal);
    host.stderr.write('halobox: stopping, and ending what runs on the engine; once more to leave at once\n');
    stop.abort();
  };
  host.on('SIGINT', onSignal);
  host.on('SIGTERM', onSignal);
  // A terminal that is closed; the build on Podman is not its child and would go on.
  host.on('SIGHUP', onSignal);
  // `halobox images | head` closes the pipe early (EPIPE), and a closed terminal takes no more words (EIO): neither is a
  // failure, and what runs on the engine still has to be ended in order.
  for (const stream of [host.stdout, host.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  const surroundings: Omit<Surroundings, 'root' | 'version'> = {
    env: host.env,
    uid: host.getuid?.() ?? 0,
    folders: foldersOf(host.env, homedir()),
    stdout: host.stdout as NodeJS.WriteStream,
    stderr: host.stderr as NodeJS.WriteStream,
    signal: stop.signal,
    now: () => new Date(),
  };
  const program = createProgram({ ...surroundings, cwd: process.cwd(), own });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return ExitCode.done;
  } catch (error) {
    // Commander has printed its own words already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    const told = error instanceof HaloboxError && error.facts.inDocument;
    if (args.includes('--json') && !told) host.stdout.write(`${JSON.stringify(errorDocument(error))}\n`);
    host.stderr.write(`${errorText(error, args.includes('--debug'))}\n`);
    return error instanceof HaloboxError ? error.exitCode : ExitCode.failed;
  } finally {
    host.off('SIGINT', onSignal);
    host.off('SIGTERM', onSignal);
    host.off('SIGHUP', onSignal);
  }
}
