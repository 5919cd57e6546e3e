import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Dockerode from 'dockerode';
import { EngineError, Interrupted } from '../model/error.ts';
import type { RunRequest, RunResult } from './engine.ts';
import { engineWords } from './failure.ts';
import type { Ulimit } from './limits.ts';
import type { ContainerMark } from './owner.ts';

/** Of each of stdout and stderr; the rest is thrown away. */
const kept = 1024 * 1024;

export interface ContainerRun {
  docker: Dockerode;
  endpoint: string;
  request: RunRequest;
  mark: ContainerMark;
  /** In place of the engine's defaults. */
  ulimits?: readonly Ulimit[] | undefined;
}

/**
 * Runs a command in a container that is gone afterwards.
 *
 * The container is removed here and, after a SIGKILL, by the next sweep, not by the engine's AutoRemove: with that,
 * the exit code of a quick command can be lost, since Podman polls for it.
 */
export async function runContainer(
  { docker, endpoint, request, mark, ulimits }: ContainerRun,
  signal: AbortSignal,
): Promise<RunResult> {
  if (signal.aborted) throw new Interrupted();
  const [program, ...args] = request.command;
  const container = await docker.createContainer({
    Image: request.image,
    Entrypoint: [program!],
    Cmd: args,
    Env: Object.entries(request.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ...mark,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    NetworkDisabled: true,
    // When it is removed by force it is not asked first: Podman would wait ten seconds for an answer.
    StopTimeout: 0,
    HostConfig: {
      NetworkMode: 'none',
      // The output is read as it comes; a log on disk would only cost time.
      LogConfig: { Type: 'none', Config: {} },
      ...(ulimits && { Ulimits: [...ulimits] }),
    },
    ...(request.user !== undefined && { User: request.user }),
  });
  const deadline = AbortSignal.timeout(request.timeout * 1000);
  const stop = AbortSignal.any([signal, deadline]);
  const remove = () => container.remove({ force: true, v: true }).catch(() => {});
  // Removing by force kills it, which ends the output and the waiting below.
  stop.addEventListener('abort', remove, { once: true });
  try {
    const stdout = new Head();
    const stderr = new Head();
    let ended: Promise<unknown>;
    try {
      const output = await container.attach({ stream: true, stdout: true, stderr: true });
      docker.modem.demuxStream(output, stdout, stderr);
      ended = finished(output, { writable: false }).catch(() => {});
      await container.start();
    } catch (error) {
      if (stop.aborted) throw error;
      return notStarted(error);
    }
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    await ended;
    if (stop.aborted) throw new Error('killed');
    return { exitCode: StatusCode, stdout: stdout.text(), stderr: stderr.text() };
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if (!deadline.aborted) throw error;
    throw new EngineError({
      what: `\`${request.command.join(' ')}\` did not end within ${request.timeout} s`,
      where: endpoint,
      next: `Try it by hand in ${request.image}.`,
      cause: error,
    });
  } finally {
    stop.removeEventListener('abort', remove);
    await remove();
  }
}

const notFound =
  /executable file (?:\S+ )?not found|exec: ".*": .*no such file or directory|command that was not found/i;
const notExecutable = /exec: ".*": permission denied|open executable: permission denied|exec format error/i;

/** As a shell and `docker run` have it: 127 for a command that is not there, 126 for one that can't be run. */
function notStarted(error: unknown): RunResult {
  const stderr = engineWords(error);
  if (notFound.test(stderr)) return { exitCode: 127, stdout: '', stderr };
  if (notExecutable.test(stderr)) return { exitCode: 126, stdout: '', stderr };
  throw error;
}

/** Keeps the first bytes of a stream and lets the rest pass by. */
class Head extends PassThrough {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const part = chunk.subarray(0, Math.max(0, kept - this.#size));
    this.#size += part.length;
    if (part.length > 0) this.#chunks.push(part);
    done();
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
