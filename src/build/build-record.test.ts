import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readBuildRecords, writeBuildRecord } from './build-record.ts';
import { LayerLog } from './layer-log.ts';

test('what the last release of each image was made of; a damaged record is none', () => {
  const state = mkdtempSync(join(tmpdir(), 'halobox-builds-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  expect(readBuildRecords(state)).toEqual([]);
  const [one, two] = ['a'.repeat(64), 'b'.repeat(64)];
  writeBuildRecord(state, 'demo', { layers: [one] });
  writeBuildRecord(state, 'demo', { layers: [two], rootFileSystem: one });
  writeBuildRecord(state, 'other', { layers: [one, two] });
  writeFileSync(join(state, 'releases/cut.json'), '{"format": 1, "la');
  writeFileSync(join(state, 'releases/later.json'), '{"format": 2, "layers": []}');
  expect(readBuildRecords(state)).toEqual([
    { format: 1, layers: [two], rootFileSystem: one },
    { format: 1, layers: [one, two] },
  ]);
});

test('a folder that cannot be written is named, with the variable that sets another one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halobox-builds-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const state = join(folder, 'a-file');
  writeFileSync(state, '');
  const refused = expect.objectContaining({
    exitCode: 1,
    facts: expect.objectContaining({
      where: { file: state },
      next: expect.stringContaining('XDG_STATE_HOME'),
    }),
  });
  expect(() => writeBuildRecord(state, 'demo', { layers: [] })).toThrow(refused);
  expect(() => new LayerLog(state, 'demo', 'base', new Date(0))).toThrow(refused);
});
