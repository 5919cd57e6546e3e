import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recipeOf } from '../plan/testing/recipe-of.ts';
import { adoptLayerRecords, readLayerRecord, writeLayerRecord } from './layer-records.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'halobox-records-'));
});
afterEach(() => rmSync(state, { recursive: true }));

const series = [{ name: 'fix', digest: 'd', verdicts: [{ id: 'one', verdict: 'applies' as const }] }];
const recipe = recipeOf('app', [recipeOf('base')], {
  packages: { zip: '1' },
  sources: { a: { sha256: '1', series }, b: { revision: '2', series: [] } },
  files: { 'a.sh': { sha256: '3', executable: true } },
});

test('what was written is read back, for its image and layer alone', () => {
  writeLayerRecord(state, 'demo', recipe, { seconds: 1.5, time: new Date(0) });
  expect(readLayerRecord(state, 'demo', 'app')).toEqual({
    format: 1,
    key: recipe.key,
    inputs: recipe.inputs,
    seconds: 1.5,
    built: '1970-01-01T00:00:00.000Z',
  });
  expect(readLayerRecord(state, 'demo', 'base')).toBeUndefined();
  expect(readLayerRecord(state, 'other', 'app')).toBeUndefined();
  writeLayerRecord(state, 'demo', recipe, { seconds: 2, time: new Date(0) });
  expect(readLayerRecord(state, 'demo', 'app')?.seconds).toBe(2);
  expect(readdirSync(join(state, 'layers/demo'))).toEqual(['app.json']);
});

test.each(['', '{', '{"format":2}', '[]'])('a file that holds %j is no record', (text) => {
  mkdirSync(join(state, 'layers/demo'), { recursive: true });
  writeFileSync(join(state, 'layers/demo/app.json'), text);
  expect(readLayerRecord(state, 'demo', 'app')).toBeUndefined();
  chmodSync(join(state, 'layers/demo/app.json'), 0o000);
  expect(readLayerRecord(state, 'demo', 'app')).toBeUndefined();
});

test('what another image built is the last build of a layer that is the same in both', () => {
  const node = (action: 'build' | 'reuse' | 'unneeded') => [
    { layer: 'app', key: recipe.key, images: ['demo', 'third'], action },
  ];
  adoptLayerRecords(state, node('reuse'));
  writeLayerRecord(state, 'first', recipeOf('app'), { seconds: 1, time: new Date(0) });
  writeLayerRecord(state, 'second', recipe, { seconds: 2, time: new Date(0) });
  writeLayerRecord(state, 'demo', recipeOf('app', [], { network: 'default' }), {
    seconds: 3,
    time: new Date(0),
  });
  adoptLayerRecords(state, node('build'));
  expect(readLayerRecord(state, 'demo', 'app')?.seconds).toBe(3);
  adoptLayerRecords(state, node('unneeded'));
  for (const image of ['demo', 'third'])
    expect(readLayerRecord(state, image, 'app')).toEqual(readLayerRecord(state, 'second', 'app'));
});
