import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeOrphans } from './orphan-containers.ts';
import { ownedName, ownOwner } from './owner.ts';

test('a root file system of a halobox that is gone goes, and nothing else', async () => {
  const graphRoot = mkdtempSync(join(tmpdir(), 'storage-'));
  onTestFinished(() => rmSync(graphRoot, { recursive: true }));
  const folder = join(graphRoot, 'overlay-containers');
  mkdirSync(folder);
  const self = ownOwner();
  const entry = (id: string, ...names: string[]) => ({ id, names, created: '2026-11-23T10:00:00.000Z' });
  const list = (file: string, ...entries: object[]) =>
    writeFileSync(join(folder, file), JSON.stringify(entries));
  list(
    'containers.json',
    entry('alive', ownedName(self)),
    entry('gone', ownedName({ ...self, start: '1' })),
    entry('elsewhere', ownedName({ ...self, namespace: '1', start: '1' })),
    entry('nameless'),
  );
  list(
    'volatile-containers.json',
    entry('stuck', ownedName({ ...self, start: '2' })),
    entry('other', `halobox-build-${randomUUID()}`),
  );
  const asked: string[] = [];
  const run = async (args: readonly string[]) => {
    asked.push(args.join(' '));
    return { exitCode: args.includes('stuck') ? 125 : 0, stdout: '', stderr: '' };
  };
  const store = { graphRoot, graphDriverName: 'overlay' };
  expect(await removeOrphans(async () => ({ run }), store, self)).toEqual(['gone']);
  expect(asked).toEqual(['rm --force gone', 'rm --force stuck']);
  expect(await removeOrphans(async () => ({ run }), { ...store, graphDriverName: 'vfs' }, self)).toEqual([]);
});
