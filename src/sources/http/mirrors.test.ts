import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InvalidInput } from '../../model/error.ts';
import { client, listen, refusal, temporaryFolder } from './fixtures.ts';
import { askedOf, originalOf, readMirrors } from './mirrors.ts';

const mirrors = [
  { original: 'https://a.example/whl/nightly', replacement: 'http://m.example/n' },
  { original: 'https://a.example/whl', replacement: 'http://user:word@m.example/w' },
  { original: 'https://b.example', replacement: 'http://m.example' },
];

test.each([
  ['https://a.example/whl/torch/', 'http://user:word@m.example/w/torch/'],
  ['https://a.example/whl/nightly/torch%2B1?x=%2F', 'http://m.example/n/torch%2B1?x=%2F'],
  ['https://a.example/whl', 'http://user:word@m.example/w'],
  ['https://a.example/whl?prefix=a', 'http://user:word@m.example/w?prefix=a'],
  ['https://a.example/whl2/torch/', 'https://a.example/whl2/torch/'],
  ['https://a.example/', 'https://a.example/'],
  ['http://a.example/whl/', 'http://a.example/whl/'],
  ['https://b.example/x', 'http://m.example/x'],
  ['https://b.example.evil/x', 'https://b.example.evil/x'],
])('%s is asked at %s', (url, asked) => {
  expect(askedOf(mirrors, url)).toBe(asked);
  if (asked !== url) expect(originalOf(mirrors, asked)).toBe(url);
});

test('of two originals with one mirror, the one that led there is meant', () => {
  const shared = [
    { original: 'https://a.example', replacement: 'http://m.example' },
    { original: 'https://b.example', replacement: 'http://m.example' },
  ];
  expect(originalOf(shared, 'http://m.example/x', 'https://b.example/y')).toBe('https://b.example/x');
});

test('reads the file of HALOBOX_MIRRORS, else the one in the config folder, else none', () => {
  const home = temporaryFolder();
  expect(readMirrors({}, home)).toEqual([]);
  mkdirSync(join(home, '.config/halobox'), { recursive: true });
  writeFileSync(
    join(home, '.config/halobox/mirrors.yaml'),
    'https://A.example/: http://m.example\nhttps://A.example/x/: http://m.example/x\n',
  );
  expect(readMirrors({}, home)).toEqual([
    { original: 'https://a.example/x', replacement: 'http://m.example/x' },
    { original: 'https://a.example', replacement: 'http://m.example' },
  ]);
  const file = join(home, 'own.yaml');
  writeFileSync(file, '# none yet\n');
  expect(readMirrors({ HALOBOX_MIRRORS: file }, home)).toEqual([]);
});

test.each([
  ['https://a.example: [1]\n', 1, 20, /expected string/],
  ['# words\nhttps://a.example: ftp://m.example\n', 2, 20, /the mirror is no http/],
  ['a.example: http://m.example\n', 1, 1, /the original is no http/],
  ['https://u:p@a.example: http://m.example\n', 1, 1, /user or a password/],
  ['- https://a.example\n', 1, 1, /expected record/],
])('refuses %j', (text, line, column, said) => {
  const file = join(temporaryFolder(), 'mirrors.yaml');
  writeFileSync(file, text);
  let error: unknown;
  try {
    readMirrors({ HALOBOX_MIRRORS: file }, '/none');
  } catch (failure) {
    error = failure;
  }
  expect(error).toBeInstanceOf(InvalidInput);
  const { facts } = error as InvalidInput;
  expect(facts.what).toMatch(said);
  expect(facts.where).toEqual({ file, line, column });
});

test('a named file that is not there is an error', () => {
  expect(() => readMirrors({ HALOBOX_MIRRORS: '/none/mirrors.yaml' }, '/none')).toThrow(/ENOENT/);
});

test('answers and errors speak of the original place; errors name the mirror too, without its password', async () => {
  const seen: unknown[] = [];
  const base = await listen((request, response) => {
    if (request.url === '/w/old') response.writeHead(302, { location: '/w/new' }).end();
    else if (request.url === '/w/new') {
      seen.push(request.headers.authorization);
      response.writeHead(200, { etag: '"1"' }).end('new');
    } else response.writeHead(404).end();
  });
  const mirror = base.replace('//', '//user:word@');
  const http = client({ mirrors: [{ original: 'https://a.example/whl', replacement: `${mirror}/w` }] });
  const answer = await http.text('https://a.example/whl/old');
  expect(answer.url).toBe('https://a.example/whl/new');
  expect(seen).toEqual([`Basic ${Buffer.from('user:word').toString('base64')}`]);
  const [name] = readdirSync(join(http.cache, 'http'));
  expect(readFileSync(join(http.cache, 'http', name!), 'utf8')).not.toContain('word');
  const said = await refusal(http.text('https://a.example/whl/none'));
  expect(said).toBe(
    `https://a.example/whl/none | status 404 Not Found | asked of its mirror: ${base}/w/none`,
  );
});
