import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeFlags } from '../../bench/installed.ts';

test('an installed halobox, a checkout and the bench start Node with the same flags', () => {
  const [first] = readFileSync('src/cli/halobox.ts', 'utf8').split('\n');
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const flags = nodeFlags.join(' ');
  expect(first).toBe(`#!/usr/bin/env -S node ${flags}`);
  expect(scripts.halobox).toBe(`node ${flags} src/cli/halobox.ts`);
  expect(scripts.start).toBe(`node ${flags} scripts/start.ts`);
});
