import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BuildRecord, Journal } from './journal.ts';
import { type Owner, ownOwner } from './owner.ts';

let folder: string;
let journal: Journal;
let self: Owner;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halobox-journal-'));
  journal = new Journal(join(folder, 'builds'));
  self = ownOwner();
});
afterEach(() => rm(folder, { recursive: true }));

const record = (halobox: Owner, storage = '/storage'): BuildRecord => ({
  id: randomUUID(),
  halobox,
  podman: halobox,
  storage,
  folder: '/tmp/halobox-build-x',
  tag: 'localhost/halobox/base:1',
});

test('a build whose halobox runs is not abandoned', async () => {
  await journal.write(record(self));
  expect(await journal.abandoned('/storage', self)).toEqual([]);
});

test('one whose halobox is gone is, also when another process has its pid', async () => {
  const entry = record({ ...self, start: '1' });
  await journal.write(entry);
  expect(await journal.abandoned('/storage', self)).toEqual([entry]);
});

test('one of before the last boot is', async () => {
  const entry = record({ ...self, boot: randomUUID() });
  await journal.write(entry);
  expect(await journal.abandoned('/storage', self)).toEqual([entry]);
});

test('one of another PID namespace can not be judged', async () => {
  await journal.write(record({ ...self, namespace: '1', start: '1' }));
  expect(await journal.abandoned('/storage', self)).toEqual([]);
});

test("other storages are other engines' matter", async () => {
  await journal.write(record({ ...self, start: '1' }, '/elsewhere'));
  expect(await journal.abandoned('/storage', self)).toEqual([]);
});

test('what is no record is left alone', async () => {
  await journal.write(record({ ...self, start: '1' }));
  await writeFile(join(folder, 'builds', 'x.json'), '{"half": ');
  expect(await journal.abandoned('/storage', self)).toHaveLength(1);
});

test('forgotten is gone, and nothing is in the beginning', async () => {
  expect(await journal.abandoned('/storage', self)).toEqual([]);
  const entry = record(self);
  await journal.write(entry);
  await journal.forget(entry.id);
  await journal.forget(entry.id);
  expect(await readdir(join(folder, 'builds'))).toEqual([]);
});
