import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineError } from '../model/error.ts';
import { findEngine, surveyEngines } from './find-engine.ts';

let folder: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halobox-find-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
  await rm(folder, { recursive: true });
});

const surroundings = (env: Record<string, string>) => ({
  env: { HOME: folder, PATH: folder, XDG_RUNTIME_DIR: folder, ...env },
  uid: 1000,
  folders: { state: join(folder, 'state'), cache: join(folder, 'cache') },
});

/** A daemon that answers these paths with these documents, and 404 to all others. */
async function daemon(
  documents: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<string> {
  const path = join(folder, 'engine.sock');
  const started = createServer((request, response) => {
    const document = documents[new URL(request.url!, 'http://engine').pathname];
    response.writeHead(document === undefined ? 404 : 200, {
      'Content-Type': 'application/json',
      ...headers,
    });
    response.end(JSON.stringify(document ?? { message: 'not found' }));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(path, resolve));
  return path;
}

const docker = (ApiVersion: string, bridge: boolean) => ({
  '/_ping': 'OK',
  '/info': { DockerRootDir: folder, SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'] },
  '/version': { Version: '28.5.2+dfsg4', ApiVersion },
  ...(bridge && { '/networks/bridge': { Name: 'bridge' } }),
});

test('Docker by its socket, with what it can do', async () => {
  const socket = await daemon(docker('1.51', false));
  const engine = await findEngine(socket, surroundings({}));
  expect(engine).toMatchObject({
    kind: 'docker',
    version: '28.5.2',
    endpoint: `unix://${socket}`,
    foundBy: '--engine',
    rootless: true,
    network: { mode: 'host', reason: expect.stringMatching(/bridge/) },
  });
  await engine.close();
});

test('a survey goes to the end and tells the free space', async () => {
  const socket = await daemon(docker('1.51', true));
  const env = { DOCKER_HOST: `unix://${socket}`, CONTAINER_HOST: `unix://${folder}/none.sock` };
  const { attempts, engines } = await surveyEngines(undefined, surroundings(env));
  expect(attempts.map(({ by, result }) => `${by}: ${result}`)).toEqual([
    'DOCKER_HOST: answers: docker 28.5.2, rootless',
    'CONTAINER_HOST: no such socket',
  ]);
  expect(engines[0]).toMatchObject({
    network: { mode: 'own' },
    storage: { folder, freeBytes: expect.any(Number) },
  });
});

test.each([
  ['Docker without BuildKit', () => daemon(docker('1.37', true)), /has no BuildKit/],
  [
    'a Podman where Docker was asked for',
    () => daemon({ '/_ping': 'OK' }, { 'Libpod-Api-Version': '5.8.6' }),
    /is podman, not docker/,
  ],
  ['a server that is no engine', () => daemon({}), /not found/i],
])('%s is passed over with its reason', async (_what, start, reason) => {
  const socket = await start();
  const error = await findEngine('docker', surroundings({ DOCKER_HOST: socket })).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EngineError);
  expect((error as EngineError).facts.detail![0]).toMatch(reason);
});

test.each([
  ['a file', 'is not a socket'],
  ['ssh', 'ssh:// is not supported yet'],
])('%s is no place to build', async (what, reason) => {
  const file = join(folder, 'plain');
  await writeFile(file, '');
  const value = what === 'ssh' ? 'ssh://ada@example.com' : file;
  const error = await findEngine(value, surroundings({})).catch((thrown: unknown) => thrown as EngineError);
  expect((error as EngineError).facts.detail![0]).toContain(reason);
});

test('a podman that fails says why, and what to do', async () => {
  const podman = join(folder, 'podman');
  await writeFile(
    podman,
    '#!/bin/sh\necho "Error: cannot find UID/GID for user ada: no subuid ranges found" >&2\nexit 125\n',
    {
      mode: 0o755,
    },
  );
  const error = await findEngine('podman', surroundings({})).catch(
    (thrown: unknown) => thrown as EngineError,
  );
  expect((error as EngineError).facts.detail!.join('\n')).toMatch(
    /no subuid ranges found.*usermod --add-subuids/s,
  );
});

test('nothing anywhere: all that was tried', async () => {
  const error = await findEngine(undefined, surroundings({})).catch(
    (thrown: unknown) => thrown as EngineError,
  );
  expect(error).toBeInstanceOf(EngineError);
  const tried = (error as EngineError).facts.detail!;
  expect(tried.some((line) => line.startsWith('rootless podman socket'))).toBe(true);
  expect(tried.every((line) => line.includes(': '))).toBe(true);
});
