import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Body, Method } from './http.ts';
import { proxiesOf } from './proxies.ts';

/** The connection failed, or what came over it was cut off: worth another try. The message says how. */
export class NetworkFailure extends Error {}

export interface Patience {
  /** Milliseconds until a connection stands. */
  connect: number;
  /** Milliseconds without a byte while one is waited for. */
  silence: number;
}

export interface Exchange {
  status: number;
  headers: Headers;
  /** @throws NetworkFailure; also when the signal is aborted. */
  body: AsyncIterable<Buffer>;
  /** Ends the exchange, read or not. */
  close(): void;
}

interface Outgoing {
  method: Method;
  headers: Readonly<Record<string, string>>;
  body?: Body | undefined;
  /** Milliseconds without a byte while the answer is waited for; default: as everywhere. */
  silence?: number | undefined;
}

/** Sends one request. @throws NetworkFailure; also when the signal is aborted. */
export type Send = (url: string, request: Outgoing) => Promise<Exchange>;

/** Requests by Node's own client: one at a time, nothing followed or tried again; connections are kept open. */
export function openTransport(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  { connect, silence }: Patience,
): Send {
  const agentOptions = { keepAlive: true, proxyEnv: proxiesOf(env) };
  const plain = new HttpAgent(agentOptions);
  const secure = new HttpsAgent(agentOptions);
  const send: Send = (url, outgoing) =>
    new Promise((resolve, reject) => {
      const target = new URL(url);
      const { method, body } = outgoing;
      const length = body && { 'content-length': String(body.size) };
      const options = { method, headers: { ...outgoing.headers, ...length }, signal };
      const request =
        target.protocol === 'https:'
          ? requestHttps(target, { ...options, agent: secure })
          : requestHttp(target, { ...options, agent: plain });
      const timer = watch(request, connect, outgoing.silence ?? silence);
      request.once('response', (response) => {
        timer.stop();
        resolve(exchangeOf(request, response, silence));
      });
      // Stays for as long as the request does: what fails later is heard of by the body's reader.
      request.on('error', (error) => {
        timer.stop();
        reject(failureOf(error));
      });
      if (body === undefined) request.end();
      else upload(request, body, timer.moved);
    });
  return send;
}

/** Sends a body at the pace of the line, for as long as the exchange lasts. */
function upload(request: ClientRequest, body: Body, moved: () => void): void {
  const content = body.open();
  request.once('close', () => content.destroy());
  content.on('data', moved);
  content.on('error', (error) => request.destroy(error));
  content.pipe(request);
}

function exchangeOf(request: ClientRequest, response: IncomingMessage, silence: number): Exchange {
  const headers = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return {
    status: response.statusCode!,
    headers,
    body: bodyOf(response, silence),
    close() {
      // A short rest is read, so that the connection can be used again; a long one costs more than a new connection.
      // One that took only a part of the request's body is of no further use.
      const short = Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY) <= 16 * 1024;
      if (short && request.writableFinished) response.resume();
      else response.destroy();
    },
  };
}

async function* bodyOf(response: IncomingMessage, silence: number): AsyncGenerator<Buffer> {
  // Runs only while a byte is waited for: a slow reader is not the server's fault.
  const wait = () => setTimeout(() => response.destroy(silent(silence)), silence);
  let timer = wait();
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      yield chunk;
      timer = wait();
    }
  } catch (error) {
    throw failureOf(error as Error);
  } finally {
    clearTimeout(timer);
  }
}

function watch(
  request: ClientRequest,
  connect: number,
  silence: number,
): { stop(): void; moved: () => void } {
  const after = (ms: number, failure: NetworkFailure) => setTimeout(() => request.destroy(failure), ms);
  let timer = after(connect, new NetworkFailure(`no connection within ${connect / 1000} seconds`));
  const connected = (): void => {
    clearTimeout(timer);
    timer = after(silence, silent(silence));
  };
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
  return { stop: () => clearTimeout(timer), moved: () => void timer.refresh() };
}

function silent(silence: number): NetworkFailure {
  return new NetworkFailure(`no byte for ${silence / 1000} seconds`);
}

function failureOf(error: Error & { code?: string }): NetworkFailure {
  if (error instanceof NetworkFailure) return error;
  // Several addresses were tried: the first one's failure speaks for all.
  if (error instanceof AggregateError && error.errors[0]) return failureOf(error.errors[0]);
  if (error.code === 'ECONNRESET')
    return new NetworkFailure('the connection was cut before the end', { cause: error });
  return new NetworkFailure(error.message || error.code || error.name, { cause: error });
}
