import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { type Endpoint, endpointText } from './endpoint.ts';

/** What an API can be reached by. */
export type SocketEndpoint = Extract<Endpoint, { type: 'unix' | 'tcp' }>;

/** An engine's HTTP API. */
export interface Client {
  docker: Dockerode;
  endpoint: string;
}

/** Only here is dockerode loaded: `halobox --help` must not pay for it. */
export async function openClient(endpoint: SocketEndpoint): Promise<Client> {
  const { default: Docker } = await import('dockerode');
  return { docker: new Docker(await options(endpoint)), endpoint: endpointText(endpoint) };
}

async function options(endpoint: SocketEndpoint): Promise<Dockerode.DockerOptions> {
  // docker-modem fills whatever is missing from DOCKER_HOST and its kin, so everything that matters is said here.
  // https://github.com/apocas/docker-modem/blob/master/lib/modem.js
  const nothing = {
    host: undefined,
    port: undefined,
    socketPath: undefined,
    protocol: 'http' as const,
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  switch (endpoint.type) {
    case 'unix':
      return { ...nothing, socketPath: endpoint.path };
    case 'tcp': {
      const { host, port, certificates } = endpoint;
      if (certificates === undefined) return { ...nothing, host, port };
      const [ca, cert, key] = await Promise.all(
        ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFile(join(certificates, name))),
      );
      return { ...nothing, host, port, protocol: 'https', ca, cert, key };
    }
  }
}

export interface Request {
  method: 'GET' | 'POST' | 'DELETE';
  /** Without the question mark. */
  path: string;
  query?: Readonly<Record<string, unknown>>;
  body?: NodeJS.ReadableStream;
  signal?: AbortSignal;
}

/** A request whose answer is read as a stream, for what dockerode has no method for. */
export function requestStream(
  { docker }: Pick<Client, 'docker'>,
  request: Request,
): Promise<IncomingMessage> {
  const { method, path, query, body, signal } = request;
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        method,
        path: `${path}?`,
        isStream: true,
        statusCodes: { 200: true, 204: true },
        ...(query && { options: { _query: query, _body: {} } }),
        ...(body && { file: body }),
        ...(signal && { abortSignal: signal }),
      },
      (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer as IncomingMessage)),
    );
  });
}

/** The answer of one GET as JSON. */
export async function requestJson(client: Client, path: string): Promise<unknown> {
  const answer = await requestStream(client, { method: 'GET', path });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}
