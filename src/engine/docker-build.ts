import type { IncomingMessage } from 'node:http';
import { addAbortSignal } from 'node:stream';
import { EngineError, Interrupted } from '../model/error.ts';
import { BuildkitProgress } from './buildkit-progress.ts';
import { type Client, requestStream } from './client.ts';
import type { BuildEvent, BuildRequest, NetworkAbility } from './engine.ts';
import { contextFailure, engineFailure, engineWords, type FailureContext, nextStep } from './failure.ts';
import { Lines } from './lines.ts';
import { DiskWatch, stepFailure } from './step-failure.ts';

export interface DockerBuild {
  client: Client;
  request: BuildRequest;
  network: NetworkAbility;
  /** Names the build to the engine, so that it can be cancelled. */
  id: string;
  failure: FailureContext;
}

/** How long an aborted build may take to end by itself before the connection is cut, which ends it too. */
const patience = 1500;

/**
 * Builds with BuildKit over the engine's API; the image gets no tag.
 *
 * No gRPC session is opened (dockerode would): the context travels in the request's body, and a session is needed
 * only for secrets, ssh and registry passwords.
 * @returns the image's id.
 */
export async function buildOnDocker(
  build: DockerBuild,
  onEvent: (event: BuildEvent) => void,
  signal: AbortSignal,
): Promise<string> {
  if (signal.aborted) throw new Interrupted();
  const cut = new AbortController();
  const context = build.request.context();
  let contextError: unknown;
  context.once('error', (error) => {
    contextError = error;
    cut.abort();
  });
  const onAbort = () => void cancel(build, cut);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const answer = await requestStream(build.client, {
      method: 'POST',
      path: '/build',
      query: queryOf(build),
      body: context,
      signal: cut.signal,
    });
    addAbortSignal(cut.signal, answer);
    const id = await follow(answer, build, onEvent);
    if (signal.aborted) throw new Interrupted();
    return id;
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if (contextError !== undefined) throw contextFailure(contextError, build.client.endpoint);
    throw engineFailure(error, 'the build stopped', build.failure);
  } finally {
    signal.removeEventListener('abort', onAbort);
    cut.abort();
    context.destroy();
  }
}

function queryOf({ request, network, id }: DockerBuild) {
  const mode = request.network === 'none' ? 'none' : network.mode === 'host' ? 'host' : undefined;
  return {
    version: '2',
    buildid: id,
    dockerfile: 'Containerfile',
    labels: JSON.stringify(request.labels),
    rm: true,
    forcerm: true,
    ...(mode && { networkmode: mode }),
  };
}

/** Asks for the end, so that the answer ends when the RUN has; a silent engine loses its connection. */
async function cancel({ client, id }: DockerBuild, cut: AbortController): Promise<void> {
  const timer = setTimeout(() => cut.abort(), patience);
  cut.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  try {
    const answer = await requestStream(client, { method: 'POST', path: '/build/cancel', query: { id } });
    answer.resume();
  } catch {
    cut.abort();
  }
}

interface Message {
  id?: string;
  aux?: unknown;
  error?: string;
  errorDetail?: { message?: string };
}

async function follow(
  answer: IncomingMessage,
  { failure }: DockerBuild,
  onEvent: (event: BuildEvent) => void,
): Promise<string> {
  const { decodeStatus } = await import('./buildkit-status.ts');
  const progress = new BuildkitProgress();
  const disk = new DiskWatch();
  // Each line is one JSON message, and a flood of compiler output comes as one of them.
  const lines = new Lines(64 * 1024 * 1024);
  let id: string | undefined;
  const take = (line: string) => {
    if (line.trim() === '') return;
    const message = JSON.parse(line) as Message;
    // The answer's status is 200 whatever happens later; the only word of a failure is such a message.
    const error = message.errorDetail?.message ?? message.error;
    if (error !== undefined) throw failed(error, progress, disk, failure);
    if (message.id === 'moby.buildkit.trace' && typeof message.aux === 'string') {
      for (const event of progress.take(decodeStatus(message.aux))) {
        disk.see(event);
        onEvent(event);
      }
    } else if (message.id === 'moby.image.id') {
      id = (message.aux as { ID?: string } | undefined)?.ID;
    }
  };
  for await (const chunk of answer) for (const line of lines.push(chunk as Buffer)) take(line);
  for (const line of lines.end()) take(line);
  if (id !== undefined) return id;
  throw engineFailure(
    new Error('the connection to the engine broke before there was an image'),
    'the build stopped',
    failure,
  );
}

function failed(
  error: string,
  progress: BuildkitProgress,
  disk: DiskWatch,
  failure: FailureContext,
): EngineError {
  const said = engineWords(new Error(error));
  // A daemon that is being stopped cancels its builds, in words that name no reason.
  if (/context canceled|code = (?:Canceled|Unavailable)/i.test(said)) {
    return new EngineError({
      what: `the engine stopped the build: ${said}`,
      where: failure.endpoint,
      next: nextStep('ECONNRESET', failure),
    });
  }
  return stepFailure({ ...progress.failure, message: said }, disk, failure);
}
