import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogSeries } from '../catalog/read-series.ts';
import { applySeries } from './verdict.ts';

const never = new AbortController().signal;
let tree: string;
let series: CatalogSeries;

const patch = (path: string) => `--- a/${path}
+++ b/${path}
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
`;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'halobox-series-'));
  tree = join(folder, 'tree');
  mkdirSync(tree);
  const file = join(folder, '0001.patch');
  writeFileSync(file, patch('a.txt'));
  series = {
    definition: {
      series: 'fix',
      project: 'rccl',
      upstream: 'https://example.com',
      versions: '>=5.4.3 <5.5.0',
      targets: ['gfx1151'],
      patches: [],
    },
    patches: [{ id: 'one', file }],
    digest: 'd',
  };
});
afterEach(() => rmSync(join(tree, '..'), { recursive: true }));

const verdict = async (text: string, version = '5.4.3', target = 'gfx1151') => {
  writeFileSync(join(tree, 'a.txt'), text);
  const [first] = await applySeries(tree, series, version, target, never);
  return { ...first, text: readFileSync(join(tree, 'a.txt'), 'utf8') };
};

test('applies', async () => {
  expect(await verdict('one\ntwo\nthree\n')).toEqual({
    id: 'one',
    verdict: 'applies',
    text: 'one\nTWO\nthree\n',
  });
});

test('is applied already', async () => {
  expect(await verdict('one\nTWO\nthree\n')).toEqual({
    id: 'one',
    verdict: 'applied',
    text: 'one\nTWO\nthree\n',
  });
});

test('conflicts where a context line differs, and never with fuzz', async () => {
  expect(await verdict('One\ntwo\nthree\n')).toMatchObject({
    verdict: 'conflict',
    reason: expect.stringContaining('a.txt:1'),
    text: 'One\ntwo\nthree\n',
  });
});

test('is not applicable to another version or target', async () => {
  expect(await verdict('one\ntwo\nthree\n', '5.5.0')).toMatchObject({
    verdict: 'not-applicable',
    text: 'one\ntwo\nthree\n',
  });
  expect(await verdict('one\ntwo\nthree\n', '5.4.3', 'gfx90a')).toMatchObject({ verdict: 'not-applicable' });
});

test('a patch cannot write outside of the tree', async () => {
  const victim = join(tree, '..', 'victim.txt');
  writeFileSync(victim, 'one\ntwo\nthree\n');
  writeFileSync(series.patches[0]!.file, patch('../victim.txt'));
  expect(await verdict('x')).toMatchObject({ verdict: 'conflict' });
  expect(readFileSync(victim, 'utf8')).toBe('one\ntwo\nthree\n');
});
