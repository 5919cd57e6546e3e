import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inWorkFolder } from './work-folder.ts';

test('what a killed run left goes, what a running one has stays, and nothing is left at the end', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'halobox-work-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  const killed = join(cache, 'assembly/killed.partial');
  mkdirSync(killed, { recursive: true });
  writeFileSync(join(killed, 'part'), '');
  await inWorkFolder(cache, async (one) => {
    expect(existsSync(killed)).toBe(false);
    await inWorkFolder(cache, async (other) => expect([one, other].every(existsSync)).toBe(true));
    expect(existsSync(one)).toBe(true);
  });
  const failing = inWorkFolder(cache, () => Promise.reject(new Error('full')));
  await expect(failing).rejects.toThrow('full');
  expect(readdirSync(join(cache, 'assembly'))).toEqual([]);
});
