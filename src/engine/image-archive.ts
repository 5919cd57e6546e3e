import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { requestStream } from './client.ts';

/** Of what an engine says about a load: a few lines. Characters. */
const mostWords = 64 * 1024;

/** https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageGet */
export function saveImage(
  docker: Dockerode,
  reference: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return requestStream({ docker }, { method: 'GET', path: `/images/${reference}/get`, signal });
}

/**
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageLoad; what goes wrong after the
 * first byte of the answer is told in it.
 */
export async function loadImage(docker: Dockerode, archive: Readable, signal: AbortSignal): Promise<string> {
  const answer = await requestStream(
    { docker },
    {
      method: 'POST',
      path: '/images/load',
      query: { quiet: true },
      body: archive,
      signal,
    },
  );
  let said = '';
  for await (const chunk of answer) said = (said + String(chunk)).slice(-mostWords);
  const failure = /"error"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(said)?.[1];
  if (failure !== undefined) throw new Error(JSON.parse(failure) as string);
  // Docker says `Loaded image ID: sha256:…`, Podman leaves out one or the other part of it.
  const id = /Loaded image[^"]*?([0-9a-f]{64})/.exec(said)?.[1];
  if (id === undefined) throw new Error(`the engine does not say what it loaded: ${said.slice(0, 500)}`);
  return `sha256:${id}`;
}
