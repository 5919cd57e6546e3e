import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, expect, test } from 'vitest';
import { refusal, temporaryFolder } from '../http/fixtures.ts';
import { left, store, Upstream } from './fixtures.ts';

const bytes = Buffer.from('0123456789abcdefghij');

let upstream: Upstream;
let url: string;
let cache: string;

beforeEach(async () => {
  upstream = await Upstream.start(bytes);
  url = `${upstream.base}/artefact`;
  cache = temporaryFolder();
});

/** A run that gets the first `count` bytes and no more. */
async function cutAfter(count: number, wanted: { sha256?: string } = {}): Promise<void> {
  upstream.before = (_, response) => {
    if (upstream.asked.length > 1) return Boolean(response.destroy());
    return false;
  };
  upstream.cuts = [count];
  await refusal(store(cache).bring({ urls: [url], ...wanted }, upstream));
  upstream.before = () => false;
  upstream.asked.length = 0;
}

test.each([{ etag: '"1"' }, { 'last-modified': 'Wed, 01 Jul 2026 00:00:00 GMT' }])(
  'a download that is cut goes on where it was: %o',
  async (headers) => {
    upstream.headers = headers as never;
    upstream.cuts = [7, 6];
    const done: number[] = [];
    const progress = (bytes: number): void => {
      done.push(bytes);
      upstream.progress(bytes);
    };
    const { file } = await store(cache).bring({ urls: [url], sha256: upstream.sha256 }, { progress });
    expect(readFileSync(file)).toEqual(bytes);
    expect(upstream.asked).toEqual(['all', 'bytes=7-', 'bytes=13-']);
    expect(done).toEqual([0, 7, 7, 13, 13, 20]);
  },
);

test('the next run goes on where one was given up', async () => {
  await cutAfter(7);
  expect(left(cache)).toEqual([expect.stringMatching(/^fetching\/[0-9a-f]{64}\.free\..*\.partial$/)]);
  const { file } = await store(cache).bring({ urls: [url] });
  expect(readFileSync(file)).toEqual(bytes);
  expect(upstream.asked).toEqual(['bytes=7-']);
  expect(left(cache)).toEqual([`sha256/${upstream.sha256}`]);
});

test('when all of it is there, only that is asked', async () => {
  await cutAfter(20);
  const [folder] = readdirSync(join(cache, 'fetching'));
  expect(readFileSync(join(cache, 'fetching', folder!, 'bytes'))).toHaveLength(20);
  const { file } = await store(cache).bring({ urls: [url] });
  expect(readFileSync(file)).toEqual(bytes);
  expect(upstream.asked).toEqual(['bytes=20-']);
});

test.each([
  ['a weak ETag', { etag: 'W/"1"' }],
  ['a date of just now', { 'last-modified': new Date().toUTCString() }],
  ['nothing', {}],
])('with %s it starts anew', async (_, headers) => {
  upstream.headers = headers as never;
  upstream.cuts = [7];
  const { file } = await store(cache).bring({ urls: [url], sha256: upstream.sha256 }, upstream);
  expect(readFileSync(file)).toEqual(bytes);
  expect(upstream.asked).toEqual(['all', 'all']);
});

test('a server that knows no ranges gives all of it once more', async () => {
  upstream.ranges = false;
  upstream.cuts = [7];
  expect(readFileSync((await store(cache).bring({ urls: [url] }, upstream)).file)).toEqual(bytes);
  expect(upstream.asked).toEqual(['all', 'bytes=7-']);
});

test('another file by now is fetched from its beginning', async () => {
  await cutAfter(7);
  upstream.bytes = Buffer.from('a longer one than before, all of it');
  upstream.headers = { etag: '"2"' };
  const { file } = await store(cache).bring({ urls: [url] });
  expect(readFileSync(file)).toEqual(upstream.bytes);
});

test('a shorter file whose server forgets If-Range is fetched from its beginning', async () => {
  await cutAfter(7);
  upstream.bytes = Buffer.from('short');
  expect(readFileSync((await store(cache).bring({ urls: [url] })).file)).toEqual(upstream.bytes);
  expect(upstream.asked).toEqual(['bytes=7-', 'all']);
});

test('a rest that begins elsewhere is not taken', async () => {
  await cutAfter(7);
  upstream.before = (request, response) => {
    if (!request.headers.range) return false;
    response.writeHead(206, { 'content-range': 'bytes 6-19/20' }).end(bytes.subarray(6));
    return true;
  };
  expect(readFileSync((await store(cache).bring({ urls: [url] })).file)).toEqual(bytes);
  upstream.asked.length = 0;
});

test('a server that gives the rest in parts is asked until it is all there', async () => {
  await cutAfter(7);
  upstream.before = (request, response) => {
    const start = Number(/\d+/.exec(request.headers.range!)![0]);
    const part = bytes.subarray(start, start + 5);
    const range = `bytes ${start}-${start + part.length - 1}/20`;
    response.writeHead(206, { etag: '"1"', 'content-range': range }).end(part);
    return true;
  };
  expect(readFileSync((await store(cache).bring({ urls: [url] })).file)).toEqual(bytes);
  expect(upstream.asked).toEqual(['bytes=7-', 'bytes=12-', 'bytes=17-']);
});

test('killed after the file got its name, what is left of its folder does no harm', async () => {
  await cutAfter(7);
  const [folder] = readdirSync(join(cache, 'fetching'));
  rmSync(join(cache, 'fetching', folder!, 'bytes'));
  expect(readFileSync((await store(cache).bring({ urls: [url] })).file)).toEqual(bytes);
  expect(left(cache)).toEqual([`sha256/${upstream.sha256}`]);
});

test('what is left of a download and damaged is noticed by the digest, and fetched anew', async () => {
  const { sha256 } = upstream;
  await cutAfter(7, { sha256 });
  const [folder] = readdirSync(join(cache, 'fetching'));
  writeFileSync(join(cache, 'fetching', folder!, 'bytes'), '01X3456');
  expect(readFileSync((await store(cache).bring({ urls: [url], sha256 })).file)).toEqual(bytes);
  expect(upstream.asked).toEqual(['bytes=7-', 'all']);
});

test('bytes from before the machine was started anew are not gone on with', async () => {
  await cutAfter(7);
  const [folder] = readdirSync(join(cache, 'fetching'));
  const about = join(cache, 'fetching', folder!, 'about.json');
  writeFileSync(about, JSON.stringify({ ...JSON.parse(readFileSync(about, 'utf8')), boot: 'earlier' }));
  await store(cache).bring({ urls: [url] });
  expect(upstream.asked).toEqual(['all']);
});

test('what another process works on is left to it', async () => {
  await cutAfter(7);
  const fetching = join(cache, 'fetching');
  const [folder] = readdirSync(fetching);
  const space = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0];
  // Its parent: a process that runs.
  renameSync(
    join(fetching, folder!),
    join(fetching, folder!.replace('.free.', `.${space}-${process.ppid}.`)),
  );
  expect(readFileSync((await store(cache).bring({ urls: [url] })).file)).toEqual(bytes);
  expect(upstream.asked).toEqual(['all']);
  expect(readdirSync(fetching)).toHaveLength(1);
});

test.each([
  ['a minute ago', 60, 'all'],
  ['two hours ago', 7200, 'bytes=7-'],
])('what another container wrote to %s', async (_, seconds, asked) => {
  await cutAfter(7);
  const fetching = join(cache, 'fetching');
  const [folder] = readdirSync(fetching);
  const theirs = join(fetching, folder!.replace('.free.', '.1-1.'));
  renameSync(join(fetching, folder!), theirs);
  utimesSync(join(theirs, 'bytes'), Date.now() / 1000, Date.now() / 1000 - seconds);
  expect(readFileSync((await store(cache).bring({ urls: [url] })).file)).toEqual(bytes);
  expect(upstream.asked).toEqual([asked]);
});

test('more tries for a download that gets on', async () => {
  upstream.bytes = Buffer.alloc(12 * 2 ** 20, 'x');
  upstream.cuts = Array.from({ length: 8 }, () => 5 * 2 ** 18);
  const { file } = await store(cache).bring({ urls: [url], sha256: upstream.sha256 }, upstream);
  expect(readFileSync(file).equals(upstream.bytes)).toBe(true);
  expect(upstream.asked).toHaveLength(9);
});

test('killed in the middle, nothing wrong is in the cache, and the next run goes on', async () => {
  upstream.bytes = Buffer.alloc(3 * 2 ** 20, 'halobox ');
  const half = 2 * 2 ** 20;
  upstream.before = (_, response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': upstream.bytes.length });
    response.write(upstream.bytes.subarray(0, half));
    return true;
  };
  const script = join(import.meta.dirname, 'bring-once.ts');
  const child = spawn(process.execPath, [script, cache, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) if (Number(line) === half) break;
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(left(cache).filter((name) => name.startsWith('sha256/'))).toEqual([]);

  upstream.before = () => false;
  const { file } = await store(cache).bring({ urls: [url] });
  expect(readFileSync(file).equals(upstream.bytes)).toBe(true);
  expect(upstream.asked).toEqual(['all', `bytes=${half}-`]);
  expect(left(cache)).toEqual([`sha256/${upstream.sha256}`]);
});
