import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { imageNamed, readCatalog } from '../catalog/catalog.ts';
import { PatchConflict } from '../model/error.ts';
import { settingsOf } from '../plan/settings.ts';
import type { ReportEvent } from '../report/event.ts';
import { gatherInputs } from './gather-inputs.ts';

let root: string;
let server: Server;
let asked: number;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'halobox-gather-'));
  asked = 0;
  server = createServer((_, response) => {
    asked++;
    response.end(readFileSync(join(root, 'lib.tar.gz')));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(root, { recursive: true });
});

/** A library whose tree says `text`, and a series that makes `new` of `old`. */
async function gather(
  text: string,
  { choice = 'auto', targets = 'gfx1151', series = 'fix', without = [] as string[] } = {},
) {
  write('lib-1/VERSION', 'version 1.0.0\n');
  write('lib-1/a.txt', text);
  execFileSync('tar', ['-C', root, '-czf', join(root, 'lib.tar.gz'), 'lib-1']);
  const tarball = readFileSync(join(root, 'lib.tar.gz'));
  write('templates/plain.hbs', 'FROM scratch\n');
  write(
    'patches/fix/series.yaml',
    `series: fix
project: { name: lib, marks: [VERSION], version: { file: VERSION, after: ["version "] } }
upstream: https://example.com/lib
versions: '>=1.0.0'
written: ${targets}
targets: [${targets}]
patches:
  - { id: one, file: 1.patch, purpose: p, reason: r, probe: [{ file: a.txt, has: [new] }], dropWhen: never }
`,
  );
  write(
    'patches/fix/1.patch',
    'Subject: [PATCH] one\n\ndiff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-old\n+new\n',
  );
  write(
    'images/demo/image.yaml',
    `image: demo
title: Demo
description: A demo
version: 1.0.0
licenses: MIT
source: https://example.com/demo
target: gfx1151
base: { suite: trixie, oci: debian:trixie }
sources:
  lib:
    kind: debian-source
    package: lib
    version: 1.0.0
    file: lib_1.0.0.orig.tar.gz
    sha256: ${createHash('sha256').update(tarball).digest('hex')}
    size: ${tarball.length}
    series: [${series}]
layers:
  base: { kind: plain, purpose: b }
  lib: { kind: plain, purpose: l, needs: [base], sources: [lib] }
  app: { kind: plain, purpose: a, needs: [base, lib] }
final: app
rccl: { choice: ${choice}, source: lib, layer: lib, library: /lib.so }
tags: ['{version}']
contract: {}
`,
  );
  const catalog = readCatalog(root);
  const image = imageNamed(catalog, 'demo');
  const settings = settingsOf(image.definition, [], without);
  const events: ReportEvent[] = [];
  const { port } = server.address() as AddressInfo;
  const options = {
    forcedBase: 'oci' as const,
    freshBase: false,
    cache: join(root, 'cache'),
    now: 0,
    env: { HALOBOX_DEBIAN_MIRROR: `http://127.0.0.1:${port}` },
  };
  const reporter = { report: (event: ReportEvent) => void events.push(event), close() {} };
  const { signal } = new AbortController();
  const inputs = await gatherInputs(catalog, image, new Map(), settings, options, reporter, signal);
  return { inputs, said: events.find(({ event }) => event === 'rccl') };
}

test('a tree that needs the patch gives a patched library', async () => {
  const { inputs, said } = await gather('old\n');
  expect(inputs.rccl).toEqual({ decided: 'patched', why: 'the tree needs it (fix: 1 applies)' });
  expect(said).toEqual({ event: 'rccl', choice: 'auto', ...inputs.rccl });
});

test('a tree that has the change gives the stock library, and its verdicts are kept', async () => {
  const { inputs } = await gather('a new one\n');
  expect(inputs.rccl).toEqual({ decided: 'stock', why: 'the tree needs no patch (fix: 1 upstream)' });
  expect(inputs.sources.get('lib')?.series[0]?.verdicts).toEqual([
    { id: 'one', verdict: 'upstream', reason: 'the tree has it of its own' },
  ]);
});

test('left out by hand, the library is built without it', async () => {
  const { inputs } = await gather('old\n', { without: ['fix'] });
  expect(inputs.rccl).toEqual({
    decided: 'patched',
    why: 'built without patches, as asked (left out by hand: fix)',
  });
});

test('stock by choice fetches nothing', async () => {
  const { inputs } = await gather('old\n', { choice: 'stock' });
  expect(inputs.rccl).toEqual({ decided: 'stock', why: 'image.yaml says so' });
  expect([inputs.sources.size, asked]).toEqual([0, 0]);
});

test('patched by choice is content with a tree that has the change of its own', async () => {
  expect((await gather('a new one\n', { choice: 'patched' })).inputs.rccl?.decided).toBe('patched');
});

test('patched by choice, and no patch is meant for the target: exit 4, with the place and the verdicts', async () => {
  const failure = await gather('old\n', { choice: 'patched', targets: 'gfx1152' }).catch((error) => error);
  expect(failure).toBeInstanceOf(PatchConflict);
  expect(failure).toMatchObject({
    exitCode: 4,
    facts: {
      where: { file: join(root, 'images/demo/image.yaml'), line: 23, column: 17 },
      detail: ['fix, one: not-applicable, it serves gfx1152, not gfx1151'],
    },
  });
});

test('a conflict ends it as ever', async () => {
  await expect(gather('other\n')).rejects.toThrow('patch one of series fix does not apply to lib 1.0.0');
});
