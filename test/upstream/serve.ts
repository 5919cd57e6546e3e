import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

export interface Served {
  /** Without a slash at its end. */
  base: string;
  /** Path and query of every request, in order. */
  asked: string[];
  /** Status of every answer, in order. */
  statuses: number[];
  /** What answers paths that begin so, the longest first; tests put faults over parts of it. */
  routes: Map<string, Handler>;
  close(): Promise<void>;
}

/** A real HTTP server on loopback. */
export async function serve(): Promise<Served> {
  const routes = new Map<string, Handler>();
  const asked: string[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://loopback');
    asked.push(request.url ?? '');
    response.on('finish', () => statuses.push(response.statusCode));
    const [, handler] =
      [...routes]
        .filter(([prefix]) => url.pathname.startsWith(prefix))
        .sort(([a], [b]) => b.length - a.length)[0] ?? [];
    if (!handler) {
      response.writeHead(404).end('not found');
      return;
    }
    Promise.resolve(handler(request, response, url)).catch((error: unknown) => {
      response.destroy(error as Error);
    });
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    statuses,
    routes,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A document with a validator, as the real places have: who asks again with it gets 304. */
export function document(body: string | Buffer, type: string): Handler {
  const etag = `"${Buffer.byteLength(body)}-${hash(body)}"`;
  return (request, response) => {
    const headers = { etag, 'content-type': type, 'last-modified': 'Tue, 30 Jun 2026 09:15:00 GMT' };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

/** A file with ranges, as object stores serve artefacts. */
export function file(content: () => Buffer, etag: string): Handler {
  return (request, response) => {
    const body = content();
    const headers = { etag, 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
    const [, from] = /^bytes=([0-9]+)-$/.exec(request.headers.range ?? '') ?? [];
    const whole = request.headers['if-range'] !== undefined && request.headers['if-range'] !== etag;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end();
    } else if (from !== undefined && !whole) {
      const part = body.subarray(Number(from));
      const range = `bytes ${from}-${body.length - 1}/${body.length}`;
      response
        .writeHead(206, { ...headers, 'content-range': range, 'content-length': part.length })
        .end(part);
    } else {
      response.writeHead(200, { ...headers, 'content-length': body.length });
      response.end(request.method === 'HEAD' ? undefined : body);
    }
  };
}

function hash(body: string | Buffer): string {
  let value = 0;
  for (const byte of Buffer.from(body)) value = (Math.imul(value, 31) + byte) >>> 0;
  return value.toString(16);
}
