import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import type { HttpClient } from './http.ts';
import { type HttpOptions, openHttp } from './open-http.ts';

/** A real server on loopback. @returns its base URL, without a slash at the end. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(() => closed()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'halobox-http-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A client whose pauses take no time. @returns it, and the pauses that it would have made, in milliseconds. */
export function client(options: Partial<HttpOptions> = {}): HttpClient & { pauses: number[]; cache: string } {
  const pauses: number[] = [];
  const cache = options.cache ?? temporaryFolder();
  const http = openHttp({
    cache,
    mirrors: [],
    env: {},
    signal: new AbortController().signal,
    now: () => Date.parse('2026-07-01T00:00:00Z'),
    wait: async (ms) => void pauses.push(ms),
    ...options,
  });
  return Object.assign(http, { pauses, cache });
}

/** What a person is told of the failure, on one line, after the check that it is upstream's. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  const { facts, exitCode } = error as UpstreamError;
  expect(exitCode).toBe(3);
  expect(facts.next).toBeTruthy();
  return [facts.where, facts.what, ...(facts.detail ?? [])].join(' | ');
}
