import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InvalidInput } from '../model/error.ts';
import { readSummaries } from './summaries.ts';

const repository = join(import.meta.dirname, '../..');
let root: string;
let cache: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'halobox-summaries-'));
  cache = join(root, 'cache');
  for (const part of ['images', 'templates', 'patches'])
    cpSync(join(repository, part), join(root, part), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const kept = () => join(cache, 'catalog.json');

test('gives the kept answer while nothing changes', async () => {
  const first = await readSummaries(root, cache, '1');
  writeFileSync(kept(), readFileSync(kept(), 'utf8').replace('RDMA and RCCL', 'kept RDMA and RCCL'));
  expect((await readSummaries(root, cache, '1'))[0]?.title).toBe(`kept ${first[0]?.title}`);
  expect(await readSummaries(root, cache, '2')).toEqual(first);
});

test('reads again when a file changed, even with its old size and time', async () => {
  await readSummaries(root, cache, '1');
  const file = join(root, 'images/rdma-check/image.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('needs: [base]', 'needs: [bose]'));
  utimesSync(file, 0, 0);
  await expect(readSummaries(root, cache, '1')).rejects.toBeInstanceOf(InvalidInput);
});

test('reads again when a file that is only named goes away, and when the kept answer is damaged', async () => {
  await readSummaries(root, cache, '1');
  writeFileSync(kept(), '{');
  expect(await readSummaries(root, cache, '1')).toHaveLength(1);
  rmSync(join(root, 'templates/rccl.hbs'));
  await expect(readSummaries(root, cache, '1')).rejects.toBeInstanceOf(InvalidInput);
});

test('needs no cache that can be written', async () => {
  writeFileSync(join(root, 'a-file'), '');
  expect(await readSummaries(root, join(root, 'a-file'), '1')).toHaveLength(1);
});
