import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { client, listen, refusal } from './fixtures.ts';
import { redirectOf } from './redirect.ts';

test('redirects are followed, and the last address is told', async () => {
  const base = await listen((request, response) => {
    if (request.url === '/a') response.writeHead(301, { location: 'b?c=1%2B1' }).end('moved');
    else response.end(request.url);
  });
  const { url, text } = await client().text(`${base}/a`);
  expect([url, text]).toEqual([`${base}/b?c=1%2B1`, '/b?c=1%2B1']);
});

test.each([
  ['/loop', /redirects that go round in circles \| redirected to: \/loop2$/],
  ['/endless/1', /more than 10 redirects/],
  ['/file', /a redirect to file:, which is not http \| redirected to: file:\/\/\/etc\/passwd/],
  ['/ftp', /a redirect to ftp:/],
  ['/password', /the address holds a user or a password/],
  ['/nowhere', /a redirect that leads nowhere/],
  ['/broken', /a redirect that leads nowhere \| redirected to: http:\/\/\[/],
])('refuses the redirect of %s', async (path, said) => {
  const base = await listen((request, response) => {
    const to: Record<string, string> = {
      '/loop': '/loop2',
      '/loop2': '/loop3',
      '/loop3': '/loop2',
      '/file': 'file:///etc/passwd',
      '/ftp': 'ftp://127.0.0.1/x',
      '/password': 'http://user:word@127.0.0.1/',
      '/broken': 'http://[',
    };
    const endless = /^\/endless\/(\d+)$/.exec(request.url!);
    const location = endless ? `/endless/${Number(endless[1]) + 1}` : to[request.url!];
    response.writeHead(302, location === undefined ? {} : { location }).end();
  });
  const http = client();
  const text = await refusal(http.text(base + path));
  expect(text).toMatch(said);
  expect(text).toMatch(/^http:\/\/127\.0\.0\.1\S*\/\S*(: status 302 Found)? \| /);
  expect(http.counts.sent).toBeLessThanOrEqual(11);
});

test('the body of a redirect is not waited for', async () => {
  const closed = Promise.withResolvers<void>();
  const base = await listen((request, response) => {
    if (request.url === '/there') return void response.end('there');
    response.once('close', closed.resolve);
    response.writeHead(302, { location: '/there' }).write('endless');
  });
  expect((await client().text(`${base}/`)).text).toBe('there');
  await closed.promise;
});

test('never from https back to http', () => {
  const answer = { status: 302, headers: new Headers({ location: 'http://a.example/' }) };
  const at = { url: 'https://a.example/', asked: 'https://a.example/' };
  expect(() => redirectOf(answer, at, new Set())).toThrow('from https back to http');
});

test('secrets stay with the origin that they are for', async () => {
  const seen: (string | undefined)[] = [];
  const note = ({ authorization, cookie }: IncomingHttpHeaders) => seen.push(authorization, cookie);
  const other = await listen((request, response) => {
    note(request.headers);
    response.end('there');
  });
  const base = await listen((request, response) => {
    note(request.headers);
    if (request.url === '/far') response.writeHead(302, { location: `${other}/x` }).end();
    else if (request.url === '/near') response.writeHead(302, { location: '/here' }).end();
    else response.end('here');
  });
  const headers = { Authorization: 'Bearer secret', cookie: 'c=1' };
  await client().text(`${base}/far`, { headers });
  expect(seen).toEqual(['Bearer secret', 'c=1', undefined, undefined]);
  seen.length = 0;
  await client().text(`${base}/near`, { headers });
  expect(seen).toEqual(['Bearer secret', 'c=1', 'Bearer secret', 'c=1']);
  seen.length = 0;
  const mirrors = [{ original: base, replacement: other }];
  await client({ mirrors }).text(`${base}/near`, { headers });
  expect(seen).toEqual([undefined, undefined]);
  seen.length = 0;
  const own = [{ original: `${base}/near`, replacement: `${base}/mirror` }];
  await client({ mirrors: own }).text(`${base}/near`, { headers });
  expect(seen).toEqual([undefined, undefined]);
});
