import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contractSchema } from '../model/contract.ts';
import { type ContractReport, contractDigest } from './report.ts';
import { readReport, writeReport } from './report-store.ts';

const image = `sha256:${'b'.repeat(64)}`;
const contract = contractSchema.parse({ groups: ['render'] });
const check = { id: 'group:render', what: 'group render exists', passed: true, expected: 'x', found: 'y' };
const report: ContractReport = {
  image,
  contract: contractDigest(contract),
  engine: 'docker 28.5.2',
  passed: true,
  checks: [check],
};
let state: string;
let file: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'state-'));
  file = join(state, 'contracts', `${'b'.repeat(64)}.json`);
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

test('keeps a report under the digest of the image', () => {
  expect(readReport(state, image)).toBeUndefined();
  writeReport(state, report);
  expect(readReport(state, image)).toEqual(report);
  expect(readReport(state, image, contract)).toEqual(report);
  const failed = { ...report, passed: false, checks: [{ ...check, passed: false, next: 'add it' }] };
  writeReport(state, failed);
  expect(readReport(state, image)).toEqual(failed);
  expect(readdirSync(join(state, 'contracts'))).toEqual([`${'b'.repeat(64)}.json`]);
});

test('a report about another contract does not count', () => {
  writeReport(state, report);
  expect(readReport(state, image, contractSchema.parse({ groups: ['video'] }))).toBeUndefined();
});

test.each([
  ['', 'cut off'],
  ['{"image":', 'cut off in the middle'],
  [JSON.stringify({ ...report, more: 1 }), 'an unknown key'],
  [JSON.stringify({ ...report, checks: [{ ...check, passed: false }] }), 'a pass with a failed check'],
  [JSON.stringify({ ...report, image: `sha256:${'c'.repeat(64)}` }), 'another image'],
])('a damaged report does not count: %s', (content) => {
  mkdirSync(join(state, 'contracts'));
  writeFileSync(file, content);
  expect(readReport(state, image)).toBeUndefined();
});

test('only an image ID becomes a file name', () => {
  expect(() => readReport(state, 'sha256:../../etc/passwd')).toThrow(/not an image ID/);
  expect(() => writeReport(state, { ...report, image: 'lab' })).toThrow();
});
