import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineError, Interrupted, UpstreamError } from '../model/error.ts';
import { BuildFailed } from './build-failed.ts';
import { openClient } from './client.ts';
import { buildOnDocker } from './docker-build.ts';
import type { BuildEvent, BuildRequest, NetworkAbility } from './engine.ts';

/** A daemon at the socket that says what was recorded: what is tested is what is asked and how answers are read. */
let server: Server;
let folder: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: URL[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halobox-docker-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(new URL(request.url!, 'http://docker'));
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const recorded = (name: string) => readFileSync(new URL(`recorded/${name}.ndjson`, import.meta.url));

async function build(
  request: Partial<BuildRequest> = {},
  options: { network?: NetworkAbility; signal?: AbortSignal } = {},
) {
  const client = await openClient({ type: 'unix', path: join(folder, 'docker.sock') });
  const events: BuildEvent[] = [];
  const id = await buildOnDocker(
    {
      client,
      id: 'b1',
      network: options.network ?? { mode: 'own' },
      failure: { kind: 'docker', endpoint: client.endpoint, storage: '/var/lib/docker' },
      request: {
        tag: 'localhost/demo:1',
        network: 'default',
        labels: { 'io.halobox.key': 'a "b" é' },
        context: () => Readable.from([Buffer.from('tar')]),
        ...request,
      },
    },
    (event) => events.push(event),
    options.signal ?? new AbortController().signal,
  );
  return { id, events };
}

test('asks for BuildKit without a name, sends the context, and returns the id', async () => {
  let body = '';
  answer = async (request, response) => {
    body = await text(request);
    response.end(recorded('docker-28.5-good'));
  };
  const { id, events } = await build();
  expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(body).toBe('tar');
  expect(events).toContainEqual(expect.objectContaining({ type: 'step-done', step: 5 }));
  expect(Object.fromEntries(asked[0]!.searchParams)).toEqual({
    version: '2',
    buildid: 'b1',
    dockerfile: 'Containerfile',
    labels: '{"io.halobox.key":"a \\"b\\" é"}',
    rm: 'true',
    forcerm: 'true',
  });
});

test.each([
  ['none', { mode: 'own' }, 'none'],
  ['none', { mode: 'host', reason: '' }, 'none'],
  ['default', { mode: 'host', reason: '' }, 'host'],
] as const)('network %s where it is %o: %s', async (network, ability, expected) => {
  answer = (request, response) => {
    request.resume().on('end', () => response.end(recorded('docker-20.10-good')));
  };
  await build({ network }, { network: ability });
  expect(asked[0]!.searchParams.get('networkmode')).toBe(expected);
});

test('an error among the messages fails the build though the status is 200, and names the step', async () => {
  answer = (request, response) => {
    request.resume().on('end', () => response.end(recorded('docker-28.5-failed')));
  };
  const error = await build().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BuildFailed);
  expect(error).toMatchObject({ step: 5, stepName: expect.stringMatching(/^RUN set -e/) });
});

test('an answer that ends without an image is no success', async () => {
  answer = (request, response) => {
    request.resume().on('end', () => response.end('{"stream":"hm"}\n'));
  };
  await expect(build()).rejects.toThrow(/broke before there was an image/);
});

test('a daemon that dies in the middle', async () => {
  answer = (_request, response) => {
    response.write('{"stream":"hm"}\n', () => response.destroy());
  };
  const error = await build().catch((thrown: unknown) => thrown as EngineError);
  expect(error).toBeInstanceOf(EngineError);
  expect(error).toMatchObject({
    facts: {
      what: expect.stringMatching(/connection to the engine broke/),
      next: expect.stringMatching(/went away/),
    },
  });
});

test('a daemon that is stopped', async () => {
  answer = (_request, response) => response.end('{"errorDetail":{"message":"context canceled"}}\n');
  await expect(build()).rejects.toThrow('the engine stopped the build: context canceled');
});

test('a full disk', async () => {
  answer = (_request, response) =>
    response.end('{"errorDetail":{"message":"write /x: no space left on device"}}\n');
  await expect(build()).rejects.toMatchObject({
    facts: { next: expect.stringMatching(/under \/var\/lib\/docker/) },
  });
});

test('a context that breaks rejects the build with its own error', async () => {
  answer = (request) => request.resume();
  const context = new PassThrough();
  const broken = expect(build({ context: () => context })).rejects.toBeInstanceOf(UpstreamError);
  context.write('half');
  context.destroy(new UpstreamError({ what: 'other bytes' }));
  await broken;
});

test('an abort cancels the build by its id and waits for its end', async () => {
  const controller = new AbortController();
  let running: ServerResponse | undefined;
  answer = (request, response) => {
    if (request.url!.startsWith('/build/cancel')) {
      response.end();
      running?.end('{"errorDetail":{"message":"context canceled"}}\n');
    } else {
      running = response;
      response.write('{"stream":"hm"}\n', () => controller.abort());
    }
  };
  await expect(build({}, { signal: controller.signal })).rejects.toBeInstanceOf(Interrupted);
  expect(asked.at(-1)!.pathname + asked.at(-1)!.search).toBe('/build/cancel?id=b1');
});
