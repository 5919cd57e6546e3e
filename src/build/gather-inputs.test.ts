import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { imageNamed, readCatalog } from '../catalog/catalog.ts';
import { PatchConflict } from '../model/error.ts';
import type { Lock } from '../model/lock.ts';
import { settingsOf } from '../plan/settings.ts';
import type { ReportEvent } from '../report/event.ts';
import type { Upstream } from '../sources/upstream.ts';
import { gatherInputs } from './gather-inputs.ts';

let root: string;
let asked: number;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'halobox-gather-'));
  asked = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

/** A library whose tree says `text`, and a series that makes `new` of `old`. */
async function gather(
  text: string,
  { choice = 'auto', targets = 'gfx1151', series = 'fix', without = [] as string[], baseLocked = true } = {},
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
base: { suite: trixie, oci: 'docker.io/library/debian:trixie' }
sources:
  lib:
    kind: debian-source
    package: lib
    suite: trixie
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
  const upstream: Upstream = {
    bring: () => Promise.reject(new Error('no file of another kind is asked for')),
    bringCommit: () => Promise.reject(new Error('no commit is asked for')),
    async bringFromPool({ path }) {
      expect(path).toBe('pool/main/l/lib/lib_1.0.0.orig.tar.gz');
      asked++;
      return { file: join(root, 'lib.tar.gz') };
    },
  };
  const options = {
    forcedBase: 'oci' as const,
    freshBase: false,
    offline: false,
    cache: join(root, 'cache'),
    now: 0,
    env: {},
    upstream,
  };
  const lock: Lock = {
    format: 1,
    image: 'demo',
    definition: '0'.repeat(64),
    stamps: {},
    ...(baseLocked && {
      base: {
        kind: 'oci',
        version: 'trixie',
        reference: 'docker.io/library/debian',
        digest: `sha256:${'a'.repeat(64)}`,
      },
    }),
    sources: {
      lib: {
        query: image.definition.sources.lib!,
        pin: {
          kind: 'debian-source',
          version: '1.0.0',
          debian: '1.0.0-1',
          date: '2026-11-15T10:00:00Z',
          file: {
            path: 'pool/main/l/lib/lib_1.0.0.orig.tar.gz',
            size: tarball.length,
            sha256: createHash('sha256').update(tarball).digest('hex'),
          },
        },
      },
    },
  };
  const reporter = { report: (event: ReportEvent) => void events.push(event), close() {} };
  const { signal } = new AbortController();
  const inputs = await gatherInputs(catalog, image, lock, new Map(), settings, options, reporter, signal);
  return { inputs, said: events.find(({ event }) => event === 'rccl') };
}

test('a tree that needs the patch gives a patched library', async () => {
  const { inputs, said } = await gather('old\n');
  expect(inputs.rccl).toEqual({ decided: 'patched', why: 'the tree needs it (fix: 1 applies)' });
  expect(said).toEqual({ event: 'rccl', choice: 'auto', ...inputs.rccl });
});

test('what is locked is what the base and templates get', async () => {
  const { inputs } = await gather('old\n');
  expect(inputs.base).toEqual({
    kind: 'oci',
    reference: `docker.io/library/debian@sha256:${'a'.repeat(64)}`,
  });
  expect([inputs.versions, inputs.debian]).toEqual([{ lib: '1.0.0' }, {}]);
});

test('a base that is not locked is not pulled by its tag', async () => {
  await expect(gather('old\n', { baseLocked: false })).rejects.toMatchObject({
    exitCode: 2,
    facts: { next: 'Lock it too: halobox resolve demo --base oci' },
  });
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
      where: { file: join(root, 'images/demo/image.yaml'), line: 20, column: 17 },
      detail: ['fix, one: not-applicable, it serves gfx1152, not gfx1151'],
    },
  });
});

test('a conflict ends it as ever', async () => {
  await expect(gather('other\n')).rejects.toThrow('patch one of series fix does not apply to lib 1.0.0');
});
