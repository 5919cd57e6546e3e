import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Interrupted, UpstreamError } from '../model/error.ts';
import { download } from './download.ts';

const body = Buffer.from('the artefact');
const artefact = { sha256: createHash('sha256').update(body).digest('hex'), size: body.length };
const never = new AbortController().signal;

let server: Server;
let base: string;
let folder: string;
let file: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halobox-download-'));
  file = join(folder, 'deep', 'artefact');
  server = createServer((request, response) => {
    switch (request.url) {
      case '/good':
        response.end(body);
        return;
      case '/wrong':
        response.end(Buffer.from('the Artefact'));
        return;
      case '/short':
        response.end(body.subarray(1));
        return;
      case '/long':
        response.end(Buffer.concat([body, body]));
        return;
      case '/cut':
        response.writeHead(200, { 'content-length': body.length });
        response.write(body.subarray(0, 3), () => response.destroy());
        return;
      case '/silent':
        response.writeHead(200).flushHeaders();
        return;
      default:
        response.writeHead(404, 'Not Found').end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true });
});

test('brings the artefact, and does not ask again when it is there', async () => {
  expect(await download(async () => [`${base}/good`], artefact, file, never)).toBe(`${base}/good`);
  expect(readFileSync(file)).toEqual(body);
  expect(await download(async () => [`${base}/gone`], artefact, file, never)).toBeUndefined();
});

test('goes on to the next place', async () => {
  expect(
    await download(async () => [`${base}/gone`, `${base}/wrong`, `${base}/good`], artefact, file, never),
  ).toBe(`${base}/good`);
});

test('replaces a damaged file', async () => {
  await download(async () => [`${base}/good`], artefact, file, never);
  writeFileSync(file, 'damaged');
  expect(await download(async () => [`${base}/good`], artefact, file, never)).toBe(`${base}/good`);
  expect(readFileSync(file)).toEqual(body);
});

test.each([
  ['gone', /status 404/],
  ['wrong', /sha256 [0-9a-f]{64} instead of/],
  ['short', /11 bytes instead of 12/],
  ['long', /more than the 12 bytes/],
  ['cut', /terminated|closed|reset/],
])('refuses %s and leaves nothing behind', async (path, said) => {
  const failure = await download(async () => [`${base}/${path}`], artefact, file, never).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(UpstreamError);
  const { facts, exitCode } = failure as UpstreamError;
  expect(exitCode).toBe(3);
  expect(facts.detail?.[0]).toContain(`${base}/${path}: `);
  expect(facts.detail?.[0]).toMatch(said);
  expect(facts.next).toBeTruthy();
  expect(readdirSync(join(folder, 'deep'))).toEqual([]);
});

test('a place that cannot be reached is named with its cause', async () => {
  const failure = (await download(async () => ['http://127.0.0.1:1/x'], artefact, file, never).catch(
    (e: unknown) => e,
  )) as UpstreamError;
  expect(failure.facts.detail?.[0]).toMatch(/^http:\/\/127\.0\.0\.1:1\/x: .+/);
});

test('stops when told', async () => {
  const stop = new AbortController();
  const running = download(async () => [`${base}/silent`], artefact, file, stop.signal);
  server.once('request', () => stop.abort());
  await expect(running).rejects.toBeInstanceOf(Interrupted);
  expect(existsSync(file)).toBe(false);
});
