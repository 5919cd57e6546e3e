import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { Interrupted } from '../../model/error.ts';
import { listen, refusal, temporaryFolder } from '../http/fixtures.ts';
import { left, sha256, store, Upstream } from './fixtures.ts';

const bytes = Buffer.from('the artefact');

let upstream: Upstream;
let url: string;
let cache: string;

beforeEach(async () => {
  upstream = await Upstream.start(bytes);
  url = `${upstream.base}/pool/artefact.tar.gz`;
  cache = temporaryFolder();
});

test('brings a file under its digest, and asks nobody when it is there', async () => {
  const seen: unknown[] = [];
  const progress = (done: number, total: number | undefined) => void seen.push([done, total]);
  const wanted = { urls: [url], sha256: upstream.sha256.toUpperCase(), size: bytes.length };
  const brought = await store(cache).bring(wanted, { progress });
  expect(brought).toEqual({
    file: `${cache}/sha256/${upstream.sha256}`,
    sha256: upstream.sha256,
    size: bytes.length,
    from: url,
  });
  expect(readFileSync(brought.file)).toEqual(bytes);
  expect(seen).toEqual([
    [0, bytes.length],
    [bytes.length, bytes.length],
  ]);
  expect(left(cache)).toEqual([`sha256/${upstream.sha256}`]);

  utimesSync(brought.file, 1, 1);
  const never = async () => expect.fail('nobody is to be asked where it is');
  const again = await store(cache).bring({ ...wanted, urls: never });
  expect(again).toEqual({ file: brought.file, sha256: upstream.sha256, size: bytes.length });
  expect(upstream.asked).toEqual(['all']);
  // What is used is not old for `gc`.
  expect(statSync(brought.file).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
});

test('a file that was damaged in the cache is fetched anew', async () => {
  const wanted = { urls: [url], sha256: upstream.sha256 };
  const { file } = await store(cache).bring(wanted);
  writeFileSync(file, 'The artefact');
  expect((await store(cache).bring(wanted)).from).toBe(url);
  expect(readFileSync(file)).toEqual(bytes);
});

test('a damaged file does not stay when it cannot be fetched', async () => {
  const wanted = { urls: [url], sha256: upstream.sha256 };
  const { file } = await store(cache).bring(wanted);
  writeFileSync(file, 'The artefact');
  upstream.before = (_, response) => Boolean(response.writeHead(404).end());
  expect(await refusal(store(cache).bring(wanted))).toContain('status 404');
  expect(left(cache)).toEqual([]);
});

test('the next place is asked when one has it not, or something else', async () => {
  const other = await Upstream.start(Buffer.from('another one!'));
  const urls = ['http://127.0.0.1:1/x', `${other.base}/wrong`, url];
  expect((await store(cache).bring({ urls, sha256: upstream.sha256 })).from).toBe(url);
  const said = await refusal(
    store(cache).bring({ urls: urls.slice(0, 2), sha256: sha256(Buffer.from('none')) }),
  );
  expect(said).toContain(`no upstream place gave the file with sha256 ${sha256(Buffer.from('none'))}`);
  expect(said).toMatch(/\| http:\/\/127\.0\.0\.1:1\/x: connect ECONNREFUSED.*: tried 4 times \|/);
  expect(said).toContain(`${other.base}/wrong: status 200 OK: sha256 ${other.sha256} instead of`);
  expect(await refusal(store(cache).bring({ urls: [] }))).toContain('no place is known');
});

test.each([
  ['of wrong bytes', {}, { sha256: '0'.repeat(64) }, /sha256 [0-9a-f]{64} instead of 0{64}/],
  ['that is too short', {}, { size: 13 }, /12 bytes instead of 13/],
  ['that is too long', {}, { size: 11 }, /12 bytes instead of 11/],
  ['that has no length, too short', { chunked: true }, { size: 13 }, /12 bytes instead of 13/],
  ['that has no length, too long', { chunked: true }, { size: 11 }, /more than 11 bytes/],
])(
  'a file %s is refused, and nothing of it stays',
  async (_, { chunked }: { chunked?: boolean }, wanted, said) => {
    if (chunked) upstream.before = (_, response) => Boolean(response.writeHead(200).end(bytes));
    const text = await refusal(store(cache).bring({ urls: [url], sha256: upstream.sha256, ...wanted }));
    expect(text).toMatch(said);
    expect(text).toContain(`${url}: status 200 OK | `);
    expect(left(cache)).toEqual([]);
    expect(upstream.asked).toHaveLength(1);
  },
);

test('endless bytes are refused at the size', async () => {
  let written = 0;
  upstream.before = (_, response) => {
    const more = (): void => {
      while (!response.destroyed && written < 200 * 2 ** 20) {
        written += 2 ** 20;
        if (!response.write(Buffer.alloc(2 ** 20))) return void response.once('drain', more);
      }
    };
    more();
    return true;
  };
  expect(await refusal(store(cache).bring({ urls: [url], size: 2 ** 20 }))).toContain(
    'more than 1048576 bytes',
  );
  expect(written).toBeLessThan(30 * 2 ** 20);
});

test('a digest that is none never becomes a file name', async () => {
  expect(await refusal(store(cache).bring({ urls: [url], sha256: '../../etc/passwd' }))).toContain(
    'the sha256 is not 64 hexadecimal digits',
  );
  expect(upstream.asked).toEqual([]);
});

test('what is there must have the size that is told', async () => {
  await store(cache).bring({ urls: [url], sha256: upstream.sha256 });
  expect(await refusal(store(cache).bring({ urls: [url], sha256: upstream.sha256, size: 5 }))).toContain(
    'the file with this sha256 has 12 bytes, not 5',
  );
});

test.each([{ etag: 'W/"1"' }, { 'last-modified': 'Wed, 01 Jul 2026 00:00:00 GMT' }])(
  'a file without a digest is fetched once for as long as upstream says it is the same: %o',
  async (headers) => {
    upstream.headers = headers as never;
    const first = await store(cache).bring({ urls: [url] });
    expect([first.sha256, first.from]).toEqual([upstream.sha256, url]);
    const again = await store(cache).bring({ urls: [url] });
    expect(again).toEqual({ file: first.file, sha256: first.sha256, size: first.size });
    expect(upstream.asked).toHaveLength(2);
    expect(left(cache)).toEqual([`sha256/${first.sha256}`]);

    upstream.bytes = Buffer.from('a newer one');
    upstream.headers = { etag: '"2"' };
    expect((await store(cache).bring({ urls: [url] })).sha256).toBe(upstream.sha256);
    writeFileSync(`${cache}/sha256/${upstream.sha256}`, 'damaged');
    expect((await store(cache).bring({ urls: [url] })).from).toBe(url);
  },
);

test('what was there last time is not taken for a file of another size', async () => {
  await store(cache).bring({ urls: [url] });
  expect(await refusal(store(cache).bring({ urls: [url], size: 5 }))).toContain('12 bytes instead of 5');
});

test('stops when told, also while it verifies what is there', async () => {
  await store(cache).bring({ urls: [url], sha256: upstream.sha256 });
  const stop = new AbortController();
  const bringing = store(cache, { signal: stop.signal }).bring({ urls: [url], sha256: upstream.sha256 });
  stop.abort();
  await expect(bringing).rejects.toBeInstanceOf(Interrupted);
});

test('signed addresses behind a redirect are one place', async () => {
  let signature = 0;
  const front = await listen((_, response) => {
    signature += 1;
    response.writeHead(302, { location: `${url}?signature=${signature}` }).end();
  });
  await store(cache).bring({ urls: [`${front}/latest`] });
  expect((await store(cache).bring({ urls: [`${front}/latest`] })).from).toBeUndefined();
});

test('a mirror is asked, and the original named', async () => {
  const mirrors = [{ original: 'https://a.example/pool', replacement: `${upstream.base}/pool` }];
  const original = 'https://a.example/pool/artefact.tar.gz';
  const wanted = { urls: [original], sha256: upstream.sha256 };
  expect((await store(cache, { mirrors }).bring(wanted)).from).toBe(original);
});

test('a busy place is asked again', async () => {
  let asked = 0;
  upstream.before = (_, response) => {
    asked += 1;
    if (asked < 3) response.writeHead(503).end();
    return asked < 3;
  };
  expect((await store(cache).bring({ urls: [url], sha256: upstream.sha256 })).from).toBe(url);
});

test('two who want the same file at once share one download', async () => {
  const one = store(cache);
  const wanted = { urls: [url], sha256: upstream.sha256 };
  const [a, b] = await Promise.all([one.bring(wanted), one.bring(wanted)]);
  expect(a).toEqual(b);
  expect(upstream.asked).toHaveLength(1);
});

test('two runs that want the same file at once do not disturb each other', async () => {
  const wanted = { urls: [url], sha256: upstream.sha256 };
  const held: (() => void)[] = [];
  upstream.before = (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 5));
    held.push(() => response.end(bytes.subarray(5)));
    // Both are in the middle of it.
    if (held.length === 2) for (const finish of held) finish();
    return true;
  };
  const all = await Promise.all([store(cache).bring(wanted), store(cache).bring(wanted)]);
  expect(all.map(({ from }) => from)).toEqual([url, url]);
  expect(readFileSync(all[0].file)).toEqual(bytes);
  expect(left(cache)).toEqual([`sha256/${upstream.sha256}`]);
});

test('at most three at once', async () => {
  let open = 0;
  let most = 0;
  const held: (() => void)[] = [];
  upstream.before = (_, response) => {
    open += 1;
    most = Math.max(most, open);
    held.push(() => {
      open -= 1;
      response.end(bytes);
    });
    // A fourth would come while these are held.
    if (held.length === 3) setImmediate(() => held.splice(0).forEach((finish) => void finish()));
    return true;
  };
  const one = store(cache);
  await Promise.all(Array.from({ length: 9 }, (_, index) => one.bring({ urls: [`${url}${index}`] })));
  expect(most).toBe(3);
});

test('stops when told, and leaves no wrong file', async () => {
  const stop = new AbortController();
  upstream.before = (_, response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': bytes.length }).write(bytes.subarray(0, 5));
    return true;
  };
  const progress = (done: number) => {
    if (done > 0) stop.abort();
  };
  const bringing = store(cache, { signal: stop.signal }).bring({ urls: [url] }, { progress });
  await expect(bringing).rejects.toBeInstanceOf(Interrupted);
  expect(left(cache).filter((name) => name.startsWith('sha256/'))).toEqual([]);
});
