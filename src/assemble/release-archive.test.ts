import { truncateSync } from 'node:fs';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import { sha256 } from '../registry/fixtures.ts';
import { layerOf } from './fixtures.ts';
import { partBlocks } from './part-blocks.ts';
import type { PartToSend } from './parts-to-send.ts';
import { releaseArchive } from './release-archive.ts';
import { savedArchive } from './saved-archive.ts';

const built = () =>
  layerOf({
    'a/one': { content: 'one', mode: 0o644 },
    'b/two': { content: Buffer.alloc(600_000, 'two'), mode: 0o644 },
    'c/three': { content: 'three', mode: 0o644 },
  });
const part = (path: string): PartToSend => ({
  name: path,
  paths: [path],
  identity: `of ${path}`,
  known: undefined,
  sent: true,
});
const configOf = (parts: readonly { diffId: string }[]) =>
  Buffer.from(JSON.stringify(parts.map(({ diffId }) => diffId)));

test('a part that is not sent is named, and what was sent is told with its digest', async () => {
  const { files } = await built();
  const tars = ['a/one', 'b/two', 'c/three'].map((path) => Buffer.concat([...partBlocks(files, [path])]));
  const facts = tars.map((tar) => ({ diffId: sha256(tar), size: tar.length }));
  const told = new Map<string, unknown>();
  const { archive, parts } = releaseArchive(
    files,
    [
      { ...part('a/one'), known: facts[0], sent: false },
      { ...part('b/two'), known: facts[1] },
      part('c/three'),
    ],
    { form: savedArchive, configOf, computed: (identity, found) => told.set(identity, found) },
  );
  const found = new Map<string, Buffer>();
  for await (const entry of archive.pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    found.set(entry.header.name, Buffer.concat(chunks));
  }
  const [{ Config, Layers }] = JSON.parse(found.get('manifest.json')!.toString());
  expect(Layers.map((name: string) => found.get(name))).toEqual([undefined, tars[1], tars[2]]);
  expect(Layers[0]).toBe(`${facts[0]!.diffId.slice('sha256:'.length)}.tar`);
  expect(Config).toBe(`${sha256(found.get(Config)!).slice('sha256:'.length)}.json`);
  expect(JSON.parse(found.get(Config)!.toString())).toEqual(facts.map(({ diffId }) => diffId));
  expect(parts).toEqual(facts.map((one, at) => ({ name: ['a/one', 'b/two', 'c/three'][at], ...one })));
  expect([...told]).toEqual([['of c/three', facts[2]]]);
});

test('a content that is gone meanwhile ends the archive with an error, and without a config', async () => {
  const { files, tar } = await built();
  const configs: unknown[] = [];
  const { archive } = releaseArchive(files, [part('a/one'), part('b/two')], {
    form: savedArchive,
    configOf: (parts) => {
      configs.push(parts);
      return configOf(parts);
    },
    computed: () => {},
  });
  truncateSync(tar.file!, 2000);
  await expect(archive.toArray()).rejects.toThrow('is shorter than it was');
  expect(configs).toEqual([]);
});
