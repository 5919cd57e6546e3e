import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { EngineError } from '../model/error.ts';
import type { Candidate } from './candidates.ts';
import { type Client, openClient, requestStream } from './client.ts';
import type { Engine } from './engine.ts';
import { engineWords } from './failure.ts';
import { type Owner, ownOwner } from './owner.ts';

export interface OpenOptions {
  env: NodeJS.ProcessEnv;
  /** Folder of the records of running builds. */
  records: string;
  /** Folder in which it is remembered what an engine said of itself; undefined: it is asked. */
  cache: string | undefined;
}

export type Outcome = { engine: Engine } | { reason: string };

/** How long a socket may be silent before the next place is tried. */
const answerTime = 5000;

/**
 * dockerode opens a new ssh connection for every request, where an abort reaches the connection and not the engine; a
 * build could not be stopped. https://github.com/apocas/docker-modem/blob/master/lib/ssh.js
 */
const noSsh =
  'ssh:// is not supported yet, since a build could not be stopped over it; forward the socket ' +
  '(`ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock <host>`) and say --engine /tmp/engine.sock';

/** Tries one place; a reason when there is no engine that halobox can use. */
export async function openEngine(
  { by, endpoint, wanted }: Candidate,
  options: OpenOptions,
): Promise<Outcome> {
  try {
    const owner = ownOwner();
    if (endpoint.type === 'podman-binary') {
      const { openPodmanBinary } = await import('./open-podman.ts');
      return { engine: await openPodmanBinary(endpoint.command, { ...options, foundBy: by, owner }) };
    }
    if (endpoint.type === 'ssh') return { reason: noSsh };
    if (endpoint.type === 'unix') {
      const problem = await socketProblem(endpoint.path);
      if (problem !== undefined) return { reason: problem };
    }
    const client = await openClient(endpoint);
    const kind = await kindOf(client);
    if (wanted !== undefined && wanted !== kind) return { reason: `is ${kind}, not ${wanted}` };
    return { engine: await openKind(kind, client, { ...options, foundBy: by, owner }) };
  } catch (error) {
    if (error instanceof EngineError)
      return { reason: [error.facts.what, error.facts.next].filter(Boolean).join('. ') };
    return { reason: reasonOf(error, endpoint.type === 'podman-binary' ? 'not installed' : undefined) };
  }
}

async function openKind(
  kind: 'docker' | 'podman',
  client: Client,
  options: OpenOptions & { foundBy: string; owner: Owner },
): Promise<Engine> {
  if (kind === 'docker') {
    const { openDocker } = await import('./docker-engine.ts');
    return openDocker(client, options.foundBy, options.owner);
  }
  const { openPodmanSocket } = await import('./open-podman.ts');
  return openPodmanSocket(client, options);
}

/** Podman speaks Docker's API and says in one header that it is Podman. */
async function kindOf(client: Client): Promise<'docker' | 'podman'> {
  const answer = await requestStream(client, {
    method: 'GET',
    path: '/_ping',
    signal: AbortSignal.timeout(answerTime),
  });
  answer.resume();
  return answer.headers['libpod-api-version'] === undefined ? 'docker' : 'podman';
}

async function socketProblem(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isSocket()) return 'is not a socket';
    await access(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return reasonOf(error, 'no such socket');
  }
}

function reasonOf(error: unknown, missing = 'nothing answers there'): string {
  const { code } = (error ?? {}) as { code?: string };
  const said = engineWords(error);
  switch (code) {
    case 'ENOENT':
      return missing;
    case 'EACCES':
    case 'EPERM':
      return `permission denied: ${said}`;
    case 'ECONNREFUSED':
      return 'nothing answers there';
    case 'ABORT_ERR':
      return `no answer within ${answerTime / 1000} s`;
    default:
      return said === '' ? (code ?? 'unknown error') : said;
  }
}
