import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { client } from '../http/fixtures.ts';
import type { Http } from '../http/http.ts';

export interface Answer {
  body: string;
  status?: number;
  headers?: Readonly<Record<string, string>>;
}

export interface Upstream {
  /** With a slash at its end. */
  base: string;
  requests: { url: string; headers: IncomingMessage['headers'] }[];
  http: Http;
}

/**
 * A real server on loopback, and a client that asks it.
 * @param answer what to say to a path with its query; undefined: 404.
 * @param instead a place that the server stands in for, as a mirror would: addresses below it are asked here.
 */
export async function serve(
  answer: (url: URL, request: IncomingMessage) => Answer | undefined,
  instead?: string,
): Promise<Upstream> {
  const requests: Upstream['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers });
    const { body, status, headers } = answer(new URL(request.url ?? '', base), request) ?? {
      body: '',
      status: 404,
    };
    response.writeHead(status ?? 200, headers).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  onTestFinished(() => new Promise((closed) => server.close(() => closed())));
  const mirrors = instead === undefined ? [] : [{ original: bare(instead), replacement: bare(base) }];
  return { base, requests, http: client({ mirrors }) };
}

/** As `readMirrors` gives them: without a slash at the end. */
function bare(base: string): string {
  return base.replace(/\/+$/, '');
}

/** The names of what a listing holds, for comparing at a glance. */
export function whys(passedOver: readonly { name: string; why: string }[]): Record<string, string> {
  return Object.fromEntries(passedOver.map(({ name, why }) => [name, why]));
}
