import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ContractFailed } from '../model/error.ts';
import type { LayerCache } from '../registry/layer-cache.ts';
import { buildOn, type World } from './fixtures.ts';

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'halobox-build-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true }));

const build = (there: readonly string[], exported: string, world?: World) =>
  buildOn(stateFolder, there, exported, world);

test('what a layer was built from is kept when it is there, and not what was to come', async () => {
  await build(['base'], 'ncclRecv');
  expect(readdirSync(join(stateFolder, 'layers/demo'))).toEqual(['rccl.json']);
  await build(['base', 'rccl'], 'ncclSend');
  expect(readdirSync(join(stateFolder, 'layers/demo'))).toEqual(['app.json', 'extra.json', 'rccl.json']);
});

test('a record that cannot be kept is no failure', async () => {
  writeFileSync(join(stateFolder, 'layers'), 'in the way');
  const { notes, failure } = await build(['base', 'rccl', 'extra'], 'ncclSend');
  expect(failure).toBeUndefined();
  expect(notes.at(-1)).toMatch(/^app: what it was built from can't be kept for the next plan: E/);
});

test('the library is checked once, when it is built and before anything takes it', async () => {
  expect(await build([], 'ncclSend')).toMatchObject({
    did: [
      'build ref-base',
      'build ref-rccl',
      'read ref-rccl /librccl.so',
      'build ref-extra',
      'build ref-app',
      'tag demo:1.0.0',
    ],
    notes: ['librccl of layer rccl lacks none of the symbols that are needed of it (1)'],
    failure: undefined,
  });
});

test('a library that lacks a symbol ends the build before anything else is built', async () => {
  const { did, failure } = await build([], 'ncclRecv');
  expect(failure).toBeInstanceOf(ContractFailed);
  expect(failure).toMatchObject({ exitCode: 5, message: /lacks 1 symbol: ncclSend/ });
  expect(did).toEqual(['build ref-base', 'build ref-rccl', 'read ref-rccl /librccl.so']);
});

test('it is checked again for a layer that takes an old one, and not where nothing takes it', async () => {
  expect((await build(['base', 'rccl', 'extra'], 'ncclRecv')).did).toEqual(['read ref-rccl /librccl.so']);
  expect((await build(['app'], 'ncclRecv')).did).toEqual(['tag demo:1.0.0']);
});

test('stock is not checked', async () => {
  expect(
    (await build([], 'ncclRecv', { decided: 'stock' })).did.filter((one) => one.startsWith('read')),
  ).toEqual([]);
});

test('a layer that a cache has is not built, nor what only it needs; what is built or there is put into it', async () => {
  const asked: string[] = [];
  const stored: string[] = [];
  const cache: LayerCache = {
    has: async () => undefined,
    fetch: async ({ layer }) => {
      asked.push(layer);
      return layer === 'extra' ? 'localhost:5000/team/layers' : undefined;
    },
    store: async ({ layer }) => void stored.push(layer),
  };
  const { did, failure } = await build([], 'ncclSend', { cache });
  expect(failure).toBeUndefined();
  expect(did).toEqual([
    'build ref-base',
    'build ref-rccl',
    'read ref-rccl /librccl.so',
    'build ref-app',
    'tag demo:1.0.0',
  ]);
  expect(asked).toEqual(['app', 'extra', 'rccl', 'base']);
  expect(stored.toSorted()).toEqual(['app', 'base', 'extra', 'rccl']);
  expect((await build(['app'], 'ncclSend', { cache })).did).toEqual(['tag demo:1.0.0']);
  // Also what is there and not needed now.
  expect(stored.slice(4).toSorted()).toEqual(['app', 'base', 'extra', 'rccl']);
  expect(asked).toHaveLength(4);
});
