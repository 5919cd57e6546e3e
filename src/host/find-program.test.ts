import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findProgram } from './find-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'halobox-find-program-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a program is the first executable file of its name on PATH, then in further folders', () => {
  const [first, second, third] = ['first', 'second', 'third'].map((name) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  }) as [string, string, string];
  mkdirSync(join(first, 'tool'));
  writeFileSync(join(second, 'tool'), '');
  const env = { PATH: `${first}:${second}` };
  expect(findProgram('tool', env)).toBeUndefined();
  writeFileSync(join(third, 'tool'), '', { mode: 0o755 });
  expect(findProgram('tool', env, [third])).toBe(join(third, 'tool'));
  chmodSync(join(second, 'tool'), 0o755);
  expect(findProgram('tool', env, [third])).toBe(join(second, 'tool'));
  expect(findProgram('/some/tool', {})).toBe('/some/tool');
});
