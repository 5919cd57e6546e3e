import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { Interrupted } from '../model/error.ts';
import { refusal } from '../sources/http/fixtures.ts';
import { blobOf } from './blobs.ts';
import { TestRegistry } from './fixtures.ts';

const small = blobOf(Buffer.from('a small blob'));
const bytes = randomBytes(9 * 2 ** 20);
const large = blobOf(bytes);

let server: TestRegistry;
beforeEach(async () => {
  server = await TestRegistry.start();
});

const steps = () => server.asked.map((line) => line.replace(/\/v2\/team\/cache\/|\?.*$/g, ''));

test('a small blob goes in one request, and is not sent when it is there', async () => {
  const registry = server.open();
  expect(await registry.putBlob(small)).toBe(true);
  expect(server.blobs.get(small.digest)?.toString()).toBe('a small blob');
  expect(steps()).toEqual([`HEAD blobs/${small.digest}`, 'POST blobs/uploads/', 'PUT blobs/uploads/1']);
  expect(await registry.putBlob(small)).toBe(false);
  expect(server.received).toBe(small.size);
});

test('the empty blob', async () => {
  const empty = blobOf(Buffer.alloc(0));
  expect(await server.open().putBlob(empty)).toBe(true);
  expect(server.has('team/cache', empty.digest)).toBe(true);
});

test('a large blob goes as one PATCH and an empty PUT', async () => {
  expect(await server.open().putBlob(large)).toBe(true);
  expect(server.blobs.get(large.digest)?.equals(bytes)).toBe(true);
  expect(steps().slice(1)).toEqual(['POST blobs/uploads/', 'PATCH blobs/uploads/1', 'PUT blobs/uploads/1']);
});

test('where one request is too much, it goes in chunks of 4 MiB', async () => {
  const ranges: unknown[] = [];
  server.fault = ({ method, headers }, response) => {
    if (method !== 'PATCH') return false;
    ranges.push(headers['content-range']);
    if (Number(headers['content-length']) <= 4 * 2 ** 20) return false;
    response.writeHead(413, { connection: 'close' }).end();
    return true;
  };
  expect(await server.open().putBlob(large)).toBe(true);
  expect(server.blobs.get(large.digest)?.equals(bytes)).toBe(true);
  expect(ranges).toEqual([undefined, '0-4194303', '4194304-8388607', '8388608-9437183']);
});

/** Cuts the first PATCH after so many bytes, which the registry keeps. */
function cutPatch(after: number, kept = after): void {
  let cut = false;
  server.fault = (request, response) => {
    if (request.method !== 'PATCH' || cut) return false;
    cut = true;
    let came = Buffer.alloc(0);
    request.on('data', (chunk: Buffer) => {
      came = Buffer.concat([came, chunk]);
      if (came.length < after || response.destroyed) return;
      server.take('1', came.subarray(0, kept));
      response.destroy();
    });
    return true;
  };
}

test('cut in the middle, it goes on where the registry says', async () => {
  cutPatch(5_000_000);
  const registry = server.open();
  expect(await registry.putBlob(large)).toBe(true);
  expect(server.blobs.get(large.digest)?.equals(bytes)).toBe(true);
  expect(server.received).toBe(large.size);
  expect(steps().slice(2)).toEqual([
    'PATCH blobs/uploads/1',
    `HEAD blobs/${large.digest}`,
    'GET blobs/uploads/1',
    'PATCH blobs/uploads/1',
    'PUT blobs/uploads/1',
  ]);
  expect(registry.pauses).toHaveLength(1);
});

test('a registry that has kept less, nothing, or one byte', async () => {
  for (const kept of [1_000_000, 0, 1]) {
    server = await TestRegistry.start();
    cutPatch(2_000_000, kept);
    expect(await server.open().putBlob(large)).toBe(true);
    expect(server.blobs.get(large.digest)?.equals(bytes)).toBe(true);
  }
});

test('an upload that the registry has forgotten is begun anew', async () => {
  cutPatch(2_000_000);
  const { fault } = server;
  server.fault = (request, response, path) => {
    if (request.method === 'GET') server.uploads.delete('1');
    return fault(request, response, path);
  };
  expect(await server.open().putBlob(large)).toBe(true);
  expect(steps()).toContain('POST blobs/uploads/');
  expect(server.blobs.get(large.digest)?.equals(bytes)).toBe(true);
});

test('an answer to the last request that is lost: the blob is there', async () => {
  server.fault = (request, response) => {
    if (request.method !== 'PUT') return false;
    void server.answer(
      request,
      Object.assign(Object.create(response), { writeHead: () => response.destroy() }),
    );
    return true;
  };
  expect(await server.open().putBlob(small)).toBe(true);
  expect(steps().filter((step) => step.startsWith('PUT'))).toHaveLength(1);
  expect(server.has('team/cache', small.digest)).toBe(true);
});

test.each([429, 500, 503])('%i once, with a pause; and again and again', async (status) => {
  let times = 1;
  server.fault = (request, response) => {
    if (request.method !== 'PATCH' || times === 0) return false;
    times -= 1;
    request.resume().on('end', () => response.writeHead(status, { 'retry-after': '7' }).end());
    return true;
  };
  const registry = server.open();
  expect(await registry.putBlob(large)).toBe(true);
  expect(registry.pauses).toEqual([7000]);
  times = 100;
  server.repositories.clear();
  expect(await refusal(registry.putBlob(large))).toContain(`status ${status}`);
  expect(times).toBe(96);
});

test('a refusal is final, in the words of the registry, and without what is in addresses', async () => {
  server.fault = (request, response) => {
    if (request.method !== 'PUT') return false;
    request
      .resume()
      .on('end', () =>
        response
          .writeHead(400)
          .end('{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}'),
      );
    return true;
  };
  const said = await refusal(server.open().putBlob(small));
  expect(said).toContain('status 400 Bad Request | DIGEST_INVALID: provided digest did not match');
  expect(said).toContain('_state=…');
  expect(said).not.toContain('secret');
});

test('a place to upload to that is none', async () => {
  for (const [location, words] of [
    ['https://elsewhere.example/x', /another scheme/],
    ['http://[', /does not say where/],
  ] as const) {
    server.fault = (request, response) =>
      request.method === 'POST' && Boolean(response.writeHead(202, { location }).end());
    expect(await refusal(server.open().putBlob(small))).toMatch(words);
  }
});

test('stops when told', async () => {
  const stop = new AbortController();
  server.fault = (request) => {
    if (request.method !== 'PATCH') return false;
    request.once('data', () => stop.abort());
    return true;
  };
  const registry = server.open('team/cache', () => undefined, { signal: stop.signal });
  await expect(registry.putBlob(large)).rejects.toBeInstanceOf(Interrupted);
});

test('mounts from another repository; a registry that does not is not left with an upload', async () => {
  server.add('team/other', bytes);
  const registry = server.open();
  expect(await registry.mountBlob(large.digest, 'team/other')).toBe(true);
  expect(server.has('team/cache', large.digest)).toBe(true);
  expect(await registry.mountBlob(small.digest, 'team/other')).toBe(false);
  expect(server.uploads.size).toBe(0);
  expect(server.received).toBe(0);
});

test('nothing is put into a mirror, and none is asked whether it is there', async () => {
  const mirror = await TestRegistry.start();
  for (const there of [bytes, Buffer.from('a small blob')]) mirror.add('team/cache', there);
  const mirrors = [{ original: server.base, replacement: mirror.base }];
  const registry = server.open('team/cache', () => undefined, { mirrors });
  cutPatch(5_000_000);
  expect(await registry.putBlob(large)).toBe(true);
  expect(mirror.asked).toEqual([]);
  expect((await registry.getBlob(small.digest)).toString()).toBe('a small blob');
  expect(mirror.asked).toHaveLength(1);
});
