import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { plainJson } from './plain-json.ts';

test('a lock that halobox wrote is read without the reader of YAML, and as that reads it', () => {
  const text = readFileSync('images/rdma-check/lock.json', 'utf8');
  expect(plainJson(text)).toEqual(parse(text));
  expect(plainJson(text)).toHaveProperty('image', 'rdma-check');
});

test.each([
  '',
  'image: demo\n',
  '[]\n',
  '{\n  "a": 1,\n  "a": 2\n}\n',
  '{\n  "a": 1\n}',
  '{\r\n  "a": 1\r\n}\r\n',
  '{ "a": 1 }\n',
  '{\n  "a": 12345678901234567890\n}\n',
  '{\n  "a": 1.0\n}\n',
  '{\n  "a": 1',
])('%j is left to it', (text) => {
  expect(plainJson(text)).toBeUndefined();
});
