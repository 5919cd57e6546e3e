import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EngineError } from '../model/error.ts';
import { makeBuildFolder } from './build-folder.ts';
import type { BuildRecord } from './journal.ts';

const temporary = mkdtempSync(join(tmpdir(), 'build-folder-'));
afterAll(() => rmSync(temporary, { recursive: true }));

const recordOf = (folder: string): BuildRecord => ({
  id: randomUUID(),
  halobox: { boot: 'b', namespace: '1', pid: 2, start: '3' },
  storage: '/images',
  folder,
  tag: 'localhost/halobox/base:1',
});

test('no folder is there that no record names: one of a killed halobox is always found', async () => {
  const folder = join(temporary, 'one');
  const there: boolean[] = [];
  await makeBuildFolder({ write: async () => void there.push(existsSync(folder)) }, recordOf(folder));
  expect([...there, existsSync(folder)]).toEqual([false, true]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a place where no folder can be made is named, with what to do', async () => {
  const folder = join(temporary, 'missing', 'one');
  const made = makeBuildFolder({ write: async () => {} }, recordOf(folder));
  await expect(made).rejects.toBeInstanceOf(EngineError);
  await expect(made).rejects.toMatchObject({
    facts: { where: join(temporary, 'missing'), next: expect.stringContaining('TMPDIR') },
  });
});
