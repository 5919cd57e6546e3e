import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { client, listen, temporaryFolder } from './fixtures.ts';

/** A document with an ETag, and what it was asked with. */
async function served(headers: Record<string, string> = { etag: '"1"' }) {
  const state = { text: 'one', headers, seen: [] as IncomingHttpHeaders[] };
  const base = await listen((request, response) => {
    state.seen.push(request.headers);
    const { etag, 'last-modified': date } = state.headers;
    const same =
      (etag !== undefined && request.headers['if-none-match'] === etag) ||
      (etag === undefined && date !== undefined && request.headers['if-modified-since'] === date);
    if (request.url === '/moved') response.writeHead(302, { location: '/document' }).end();
    else if (same) response.writeHead(304, { ...state.headers, 'x-fresh': 'yes' }).end();
    else response.writeHead(200, { ...state.headers, link: '<next>' }).end(state.text);
  });
  return { base, state };
}

test.each([{ etag: 'W/"1"' }, { 'last-modified': 'Wed, 01 Jul 2026 00:00:00 GMT' }])(
  'an unchanged document comes from the cache: %o',
  async (headers) => {
    const { base, state } = await served(headers as never);
    const cache = temporaryFolder();
    const first = await client({ cache }).text(`${base}/document`);
    state.text = 'must not be read';
    const http = client({ cache });
    const second = await http.text(`${base}/document`);
    expect([first.text, second.text]).toEqual(['one', 'one']);
    expect([second.status, second.headers.get('link'), second.headers.get('x-fresh')]).toEqual([
      200,
      '<next>',
      'yes',
    ]);
    expect(http.counts).toEqual({ sent: 1, unchanged: 1 });
  },
);

test('a changed one does not', async () => {
  const { base, state } = await served();
  const http = client();
  await http.text(`${base}/document`);
  Object.assign(state, { text: 'two', headers: { etag: '"2"' } });
  expect((await http.text(`${base}/document`)).text).toBe('two');
  expect((await http.text(`${base}/document`)).text).toBe('two');
  expect(http.counts).toEqual({ sent: 3, unchanged: 1 });
});

test('behind a redirect only the last place is asked whether it has changed', async () => {
  const { base, state } = await served();
  const http = client();
  await http.text(`${base}/moved`);
  const again = await http.text(`${base}/moved`);
  expect([again.text, again.url]).toEqual(['one', `${base}/document`]);
  expect(state.seen.map((headers) => headers['if-none-match'])).toEqual([
    undefined,
    undefined,
    undefined,
    '"1"',
  ]);
});

test.each(['damaged', '', 'no json\n', 'longer'])(
  'a cache entry that is %j is fetched anew',
  async (damage) => {
    const { base, state } = await served();
    const http = client();
    await http.text(`${base}/document`);
    const [name] = readdirSync(join(http.cache, 'http'));
    const file = join(http.cache, 'http', name!);
    // The server says the time in each answer.
    const kept = () => readFileSync(file, 'utf8').replace(/"date","[^"]*"/, '');
    const whole = readFileSync(file, 'utf8');
    const before = kept();
    const broken = { damaged: whole.replace('one', 'two'), longer: `${whole} more` }[damage] ?? damage;
    writeFileSync(file, broken);
    expect((await http.text(`${base}/document`)).text).toBe('one');
    expect(state.seen.at(-1)?.['if-none-match']).toBeUndefined();
    expect(kept()).toBe(before);
  },
);

test('what must not be kept is not', async () => {
  const { base } = await served({ etag: '"1"', 'cache-control': 'private, No-Store' });
  const http = client();
  await http.text(`${base}/document`);
  expect(() => readdirSync(join(http.cache, 'http'))).toThrow('ENOENT');
});

test('what one token may see is not shown to another, and no file holds the token', async () => {
  const { base, state } = await served({ etag: '"1"', 'set-cookie': 'session=secret' });
  const http = client();
  await http.text(`${base}/document`, { headers: { authorization: 'Bearer secret' } });
  await http.text(`${base}/document`, { headers: { authorization: 'Bearer other' } });
  await http.text(`${base}/document`);
  await http.text(`${base}/document`, { accept: 'application/json' });
  expect(state.seen.map((headers) => headers['if-none-match'])).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const files = readdirSync(join(http.cache, 'http'));
  expect(files).toHaveLength(4);
  for (const name of files) {
    expect(name + readFileSync(join(http.cache, 'http', name), 'utf8')).not.toContain('secret');
  }
});

test('304 that nobody asked for is no document', async () => {
  const base = await listen((_, response) => response.writeHead(304).end());
  await expect(client().text(`${base}/`)).rejects.toThrow('status 304 Not Modified');
});
