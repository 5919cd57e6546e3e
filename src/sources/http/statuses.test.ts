import { expect, test } from 'vitest';
import { HaloboxError, Interrupted } from '../../model/error.ts';
import { client, listen, refusal } from './fixtures.ts';

test.each([
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [410, 'Gone'],
])('%i is final', async (status, words) => {
  const base = await listen((_, response) => response.writeHead(status).end('words'));
  const http = client();
  expect(await refusal(http.text(`${base}/simple/`))).toBe(`${base}/simple/ | status ${status} ${words}`);
  expect(http.counts).toEqual({ sent: 1, unchanged: 0 });
  expect(http.pauses).toEqual([]);
});

test.each([408, 429, 500, 502, 503, 504])(
  '%i passes: asked four times, with longer and longer pauses',
  async (status) => {
    const base = await listen((_, response) => response.writeHead(status).end());
    const http = client();
    expect(await refusal(http.text(`${base}/`))).toMatch(
      new RegExp(`^${base}/ \\| status ${status} .*\\| tried 4 times$`),
    );
    expect(http.counts.sent).toBe(4);
    expect(http.pauses).toHaveLength(3);
    for (const [index, pause] of http.pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(250 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(500 * 2 ** index);
    }
  },
);

test('500, then the document', async () => {
  let asked = 0;
  const base = await listen((_, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(500).end('<h1>oops</h1>');
    else response.end('the document');
  });
  expect((await client().text(`${base}/`)).text).toBe('the document');
});

test.each([
  ['7', 7000],
  ['Wed, 01 Jul 2026 00:00:30 GMT', 30_000],
])('429 with Retry-After %s waits as long as asked', async (after, expected) => {
  let asked = 0;
  const base = await listen((_, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(429, { 'retry-after': after }).end();
    else response.end('the document');
  });
  const http = client();
  expect((await http.text(`${base}/`)).text).toBe('the document');
  expect(http.pauses).toEqual([expected]);
});

test('a Retry-After of hours is told instead of waited for', async () => {
  const base = await listen((_, response) => response.writeHead(429, { 'retry-after': '7200' }).end());
  const http = client();
  const error = await http.text(`${base}/`).catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(HaloboxError);
  const { facts } = error as HaloboxError;
  expect([facts.where, facts.what]).toEqual([`${base}/`, 'status 429 Too Many Requests']);
  expect(facts.next).toContain('2026-07-01T02:00:00.000Z');
  expect(http.counts.sent).toBe(1);
});

test('a used-up limit of GitHub says when it is over', async () => {
  const reset = Date.parse('2026-07-01T00:40:00Z') / 1000;
  const base = await listen((_, response) =>
    response.writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${reset}` }).end(),
  );
  const error = await client()
    .text(`${base}/`)
    .catch((failure: unknown) => failure);
  expect((error as HaloboxError).facts.next).toContain('2026-07-01T00:40:00.000Z');
});

test('nobody there', async () => {
  const http = client();
  expect(await refusal(http.text('http://127.0.0.1:1/x'))).toMatch(
    /^http:\/\/127\.0\.0\.1:1\/x \| connect ECONNREFUSED .* \| tried 4 times$/,
  );
});

test.each(['before the answer', 'before the body', 'in the middle of it'])(
  'a server that falls silent %s',
  async (when) => {
    const base = await listen((_, response) => {
      if (when === 'before the body') response.writeHead(200).flushHeaders();
      if (when === 'in the middle of it') response.writeHead(200, { 'content-length': 10 }).write('12345');
    });
    const http = client({ patience: { connect: 5000, silence: 40 } });
    expect(await refusal(http.text(`${base}/`))).toBe(`${base}/ | no byte for 0.04 seconds | tried 4 times`);
  },
);

test('a connection that is cut gives no text, and is tried again', async () => {
  let asked = 0;
  const base = await listen((_, response) => {
    asked += 1;
    if (asked > 2) response.end('0123456789');
    else response.writeHead(200, { 'content-length': 10 }).write('01234', () => response.destroy());
  });
  expect((await client().text(`${base}/`)).text).toBe('0123456789');
  asked = -10;
  expect(await refusal(client().text(`${base}/`))).toBe(
    `${base}/ | the connection was cut before the end | tried 4 times`,
  );
});

test('stops when told: while it waits for a byte, also the last time, and while it pauses', async () => {
  const stop = new AbortController();
  const silent = await listen(() => stop.abort());
  await expect(client({ signal: stop.signal }).text(`${silent}/`)).rejects.toBeInstanceOf(Interrupted);

  const last = new AbortController();
  let asked = 0;
  const cutting = await listen((_, response) => {
    asked += 1;
    if (asked === 4) last.abort();
    else response.destroy();
  });
  await expect(client({ signal: last.signal }).text(`${cutting}/`)).rejects.toBeInstanceOf(Interrupted);

  const later = new AbortController();
  const failing = await listen((_, response) => {
    response.writeHead(503, { 'retry-after': '50' }).end();
    setImmediate(() => later.abort());
  });
  const http = client({ signal: later.signal, wait: undefined as never });
  await expect(http.text(`${failing}/`)).rejects.toBeInstanceOf(Interrupted);
  await expect(http.text(`${failing}/`)).rejects.toBeInstanceOf(Interrupted);
});

test('at most six at once', async () => {
  const http = client();
  let answered = 0;
  let most = 0;
  const held: (() => void)[] = [];
  const base = await listen((_, response) => {
    most = Math.max(most, http.counts.sent - answered);
    held.push(() => {
      answered += 1;
      response.end('x');
    });
    if (held.length === 6 || http.counts.sent === 15) for (const finish of held.splice(0)) finish();
  });
  await Promise.all(Array.from({ length: 15 }, (_, index) => http.text(`${base}/${index}`)));
  expect(most).toBe(6);
});

test.each([
  ['ftp://a.example/x', /the address is no http\(s\) URL/],
  ['no URL', /the address is no http\(s\) URL/],
  ['http://user:word@a.example/x', /^http:\/\/a\.example\/x \| the address holds a user or a password$/],
])('%s is not asked', async (url, said) => {
  const http = client();
  expect(await refusal(http.text(url))).toMatch(said);
  expect(http.counts.sent).toBe(0);
});

test('raw hands over any answer, and follows nothing', async () => {
  const base = await listen((request, response) => {
    if (request.url === '/v2/') response.writeHead(401, { 'www-authenticate': 'Bearer realm="x"' }).end('no');
    else response.writeHead(307, { location: '/elsewhere', 'x-method': request.method }).end();
  });
  const http = client();
  const refused = await http.raw(`${base}/v2/`);
  expect([refused.status, refused.headers.get('www-authenticate'), refused.body.toString()]).toEqual([
    401,
    'Bearer realm="x"',
    'no',
  ]);
  const moved = await http.raw(`${base}/blob`, { method: 'HEAD' });
  expect([moved.status, moved.headers.get('location'), moved.headers.get('x-method')]).toEqual([
    307,
    '/elsewhere',
    'HEAD',
  ]);
});
