import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { client, listen, refusal } from './fixtures.ts';

const zipped = { 'content-encoding': 'gzip' };

test('compressed text is read, in the charset that is named', async () => {
  const base = await listen((request, response) => {
    if (request.url === '/latin') {
      response
        .writeHead(200, { 'content-type': 'text/html; charset="ISO-8859-1"' })
        .end(Buffer.from('é', 'latin1'));
    } else response.writeHead(200, zipped).end(gzipSync('ä text'));
  });
  expect((await client().text(`${base}/`)).text).toBe('ä text');
  expect((await client().text(`${base}/latin`)).text).toBe('é');
});

test.each([
  ['half of it', gzipSync('a text '.repeat(1000)).subarray(0, 30), /the gzip stream is cut off/],
  ['something else', Buffer.from('<html>no gzip</html>'), /the gzip stream is damaged/],
])('gzip with %s is no text', async (_, body, said) => {
  const base = await listen((_, response) => response.writeHead(200, zipped).end(body));
  const http = client();
  expect(await refusal(http.text(`${base}/`))).toMatch(said);
  expect(http.counts.sent).toBe(4);
});

test('a coding that was not asked for, and bytes that are no text', async () => {
  const base = await listen((request, response) =>
    response
      .writeHead(200, request.url === '/br' ? { 'content-encoding': 'br' } : {})
      .end(Buffer.from([0x1f, 0x8b, 0xff])),
  );
  expect(await refusal(client().text(`${base}/br`))).toContain(
    'status 200 OK | the answer is compressed by br',
  );
  expect(await refusal(client().text(`${base}/`))).toContain('the answer is no text in utf-8');
});

test('a small file that unpacks to a huge one is refused', async () => {
  const bomb = gzipSync(Buffer.alloc(100 * 2 ** 20));
  expect(bomb.length).toBeLessThan(200_000);
  const base = await listen((_, response) => response.writeHead(200, zipped).end(bomb));
  const http = client();
  expect(await refusal(http.text(`${base}/`))).toContain('the answer is longer than 64 MiB');
  expect(http.counts.sent).toBe(1);
});

test('a length that is too much is refused before a byte of it is read', async () => {
  const base = await listen((_, response) => {
    response.writeHead(200, { 'content-length': 200 * 2 ** 20 }).flushHeaders();
  });
  expect(await refusal(client().text(`${base}/`))).toContain('the answer is longer than 64 MiB');
});

test('200 MB of garbage are not taken in', async () => {
  let written = 0;
  const garbage = Buffer.alloc(2 ** 20, 'garbage ');
  const base = await listen((_, response) => {
    const more = (): void => {
      while (written < 200 * 2 ** 20 && !response.destroyed) {
        written += garbage.length;
        if (!response.write(garbage)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  const said = await refusal(client().text(`${base}/`, { most: 8 * 2 ** 20 }));
  expect(said).toContain('the answer is longer than 8 MiB');
  // What was taken, and what the kernel holds between.
  expect(written).toBeLessThan(40 * 2 ** 20);
});

test('reading garbage takes no more memory than the limit and the program', () => {
  const script = join(import.meta.dirname, 'garbage-once.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const { said, peak } = JSON.parse(stdout);
  expect(said).toContain('the answer is longer than 64 MiB');
  expect(peak).toBeLessThan(250e6);
});
