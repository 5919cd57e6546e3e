import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HaloboxError } from '../../model/error.ts';
import { temporaryFolder } from '../http/fixtures.ts';
import { left, store, Upstream } from './fixtures.ts';

test('no room is exit 1 and names the folder; with room it goes on', async () => {
  const upstream = await Upstream.start(Buffer.alloc(3 * 2 ** 20, 'halobox '));
  const url = `${upstream.base}/artefact`;
  const cache = temporaryFolder();
  // A limit on the size of files (in blocks of 512 bytes) stands for the end of a disk: writes get as far as it, and fail.
  const script = join(import.meta.dirname, 'bring-once.ts');
  const line = `trap '' XFSZ; ulimit -f 2048; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', line, process.execPath, script, cache, url], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(JSON.parse(said)).toMatchObject({
    exitCode: 1,
    facts: { what: expect.stringContaining('EFBIG'), where: { file: cache } },
  });
  expect(left(cache)).toEqual([expect.stringMatching(/^fetching\/.*\.free\./)]);

  const { file } = await store(cache).bring({ urls: [url] });
  expect(readFileSync(file).equals(upstream.bytes)).toBe(true);
  expect(upstream.asked).toEqual(['all', `bytes=${2 ** 20}-`]);
});

test('a cache that cannot be made is exit 1 and named', async () => {
  const upstream = await Upstream.start(Buffer.from('x'));
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const cache = join(file, 'cache');
  const error = await store(cache)
    .bring({ urls: [`${upstream.base}/artefact`] })
    .catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(HaloboxError);
  const { exitCode, facts } = error as HaloboxError;
  expect([exitCode, facts.where]).toEqual([1, { file: cache }]);
});
