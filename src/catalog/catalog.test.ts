import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InvalidInput } from '../model/error.ts';
import { imageNamed, readCatalog } from './catalog.ts';
import { readAllSeries } from './read-series.ts';

const image = `image: demo
title: Demo
description: A demo
version: 1.0.0
licenses: MIT
source: https://example.com/demo
target: gfx1151
base:
  suite: trixie
  oci: docker.io/library/debian:trixie
sources:
  rccl:
    kind: debian-source
    package: rccl
    suite: trixie
    series: [fix]
layers:
  base:
    kind: plain
    purpose: the base
  app:
    kind: plain
    purpose: the app
    needs: [base]
    sources: [rccl]
    files:
      - { from: run.sh, to: run.sh }
final: app
tags: ['{version}', '{version}-{time}']
contract: {}
`;
const series = `series: fix
project: rccl
upstream: https://github.com/ROCm/rccl
versions: '>=2.13.4 <2.14.0'
written: gfx1151
targets: [gfx1151]
patches:
  - id: one
    file: 0001-one.patch
    purpose: p
    reason: r
    probe: [{ file: a.txt, has: [b] }]
    dropWhen: never
`;

const patch = `Subject: [PATCH] one

diff --git a/a.txt b/a.txt
--- a/a.txt
+++ b/a.txt
@@ -1 +1 @@
-a
+b
`;

let root: string;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'halobox-catalog-'));
  write('images/demo/image.yaml', image);
  write('images/demo/files/run.sh', 'echo run');
  write('templates/plain.hbs', '# nothing');
  write('patches/fix/series.yaml', series);
  write('patches/fix/0001-one.patch', patch);
});
afterEach(() => rmSync(root, { recursive: true }));

function refusal(): { what: string; place: string; next: string | undefined } {
  try {
    readCatalog(root);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { what, where, next } = error.facts;
    if (typeof where !== 'object') throw new Error('no place', { cause: error });
    return { what, next, place: `${where.file.slice(root.length + 1)}:${where.line}:${where.column}` };
  }
  throw new Error('the catalog was accepted');
}

test('reads a catalog', () => {
  const catalog = readCatalog(root);
  expect(catalog.images.map(({ definition }) => definition.image)).toEqual(['demo']);
  expect(catalog.series.get('fix')?.patches).toMatchObject([
    { id: 'one', path: join(root, 'patches/fix/0001-one.patch'), text: patch },
  ]);
  expect(catalog.series.get('fix')?.digest).toMatch(/^[0-9a-f]{64}$/);
});

test('the digest of a series changes with a byte of a patch', () => {
  const before = readCatalog(root).series.get('fix')?.digest;
  write('patches/fix/0001-one.patch', patch.replace('+b', '+c'));
  expect(readCatalog(root).series.get('fix')?.digest).not.toBe(before);
});

test('a series that no image uses keeps none back, however wrong it is', () => {
  write('patches/later/series.yaml', 'series: [');
  expect([...readCatalog(root).series.keys()]).toEqual(['fix']);
  expect(() => readAllSeries(root)).toThrow(InvalidInput);
});

test('names the known images when one is unknown', () => {
  expect(() => imageNamed(readCatalog(root), 'nothing')).toThrow(InvalidInput);
});

/** Each: a part of image.yaml, what it is replaced by, what is said, and the text that the place points at. */
const broken: [name: string, part: string, by: string, what: RegExp, at: string][] = [
  ['unknown layer in needs', 'needs: [base]', 'needs: [bass]', /unknown layer bass/, 'bass]'],
  ['cycle of layers', 'purpose: the base', 'purpose: x\n    needs: [app]', /base → app → base/, '[app]'],
  ['missing key', 'purpose: the base', 'needs: []', /base.purpose/, 'kind: plain'],
  [
    'wrong type',
    'suite: trixie\n    series',
    'suite: 13\n    series',
    /sources.rccl.suite/,
    '13\n    series',
  ],
  ['unknown key', 'final: app', 'final: app\nfinall: app', /unknown key "finall"/, 'finall'],
  ['illegal tag', "'{version}-{time}'", "'{version}/x'", /no registry takes/, "'{version}/x'"],
  ['tag without version', "'{version}-{time}'", 'latest', /does not name the version/, 'latest]'],
  ['reserved name', 'to: run.sh', 'to: Containerfile', /is taken/, 'Containerfile'],
  ['a folder for a file', 'from: run.sh', 'from: .', /is a folder/, '., to'],
  ['unknown template', 'plain\n    purpose: the app', 'fancy\n    purpose: the app', /no template/, 'fancy'],
  ['unknown series', 'series: [fix]', 'series: [fox]', /no series fox/, 'fox'],
  ['unknown source', 'sources: [rccl]', 'sources: [nccl]', /unknown source nccl/, 'nccl]'],
  ['unknown final', 'final: app', 'final: nap', /no layer nap/, 'nap'],
  ['missing file', 'from: run.sh', 'from: ran.sh', /does not exist/, 'ran.sh'],
  ['file path that leaves', 'from: run.sh', 'from: ../image.yaml', /stays inside/, '../image.yaml'],
  ['absolute file path', 'from: run.sh', 'from: /etc/passwd', /stays inside/, '/etc/passwd'],
  ['not YAML', 'title: Demo', 'title: [Demo', /./, 'description'],
  ['twice the same key', 'title: Demo', 'title: Demo\ntitle: Other', /unique/, 'title: Other'],
  ['name of another folder', 'image: demo', 'image: other', /its folder demo/, 'other'],
  ['version that is none', 'version: 1.0.0', 'version: latest', /semantic version/, 'latest'],
];

const locked = `sources:
  rccl: { kind: debian-source, package: rccl, suite: trixie, series: [fix] }
  torch: { kind: python-index, index: 'https://repo.amd.com/rocm/whl/', project: torch, python: '3.12' }
  sdk: { kind: git, url: 'https://github.com/ROCm/TheRock', tag: 'therock-{version}' }
  base-image: { kind: oci, reference: 'docker.io/library/debian:trixie' }
  debian: { kind: debian, suite: trixie }
coherence:
  sets: { rocm: { members: [sdk, torch] } }
  ranges: [{ source: sdk, versions: '>=7.12', why: tested }]
layers:
`;
const withSources = image.replace(/sources:\n[\s\S]*?layers:\n/, locked);

test('reads sources of every kind, their rules, and the builds that are known to be bad', () => {
  write('images/demo/image.yaml', withSources);
  write('images/demo/known-bad.yaml', '- { source: torch, versions: "==2.12.*", reason: hangs }\n');
  const [read] = readCatalog(root).images;
  expect(Object.keys(read!.definition.sources)).toHaveLength(5);
  expect(read!.knownBad).toEqual([{ source: 'torch', versions: '==2.12.*', reason: 'hangs' }]);
});

test.each<(typeof broken)[number]>([
  ['unknown kind', 'kind: git', 'kind: svn', /kind/, 'svn'],
  ['git without a tag or branch', ", tag: 'therock-{version}'", '', /one of `tag`, `branch`/, '{ kind: git'],
  ['range that is none', "python: '3.12' }", "python: '3.12', versions: newest }", /no range/, 'newest'],
  ['credentials', 'https://repo', 'https://me:secret@repo', /without user/, "'https://me"],
  ['another scheme', 'https://github', 'ssh://github', /http or https/, "'ssh://"],
  [
    'reference without a registry',
    "reference: 'docker.io/library/debian",
    "reference: 'debian",
    /registry/,
    "'debian:",
  ],
  [
    'two archives',
    'suite: trixie }\nco',
    'suite: trixie }\n  more: { kind: debian, suite: trixie }\nco',
    /more than one/,
    '{ kind: debian, suite: trixie }\nco',
  ],
  [
    'what no context can hold',
    'sources: [rccl]',
    'sources: [debian]',
    /no file goes into a context/,
    'debian]',
  ],
  ['member that is no source', '[sdk, torch]', '[sdk, tensor]', /tensor is no source/, 'tensor]'],
  ['member without versions', '[sdk, torch]', '[sdk, base-image]', /versions to choose from/, 'base-image]'],
  [
    'source called like a flag',
    '  debian: {',
    '  upgrade: {',
    /--upgrade of halobox resolve/,
    '{ kind: debian, suite: trixie }\nco',
  ],
])('refuses in sources: %s', (_, part, by, what, at) => {
  expect(withSources).toContain(part);
  const text = withSources.replace(part, by);
  write('images/demo/image.yaml', text);
  const found = refusal();
  expect(found.what).toMatch(what);
  const before = text.slice(0, text.indexOf(at)).split('\n');
  expect(found.place).toBe(`images/demo/image.yaml:${before.length}:${before.at(-1)!.length + 1}`);
});

test('refuses a known-bad.yaml that names nothing, with its place', () => {
  write('images/demo/image.yaml', withSources);
  write('images/demo/known-bad.yaml', '- source: vllm\n  versions: "==1"\n  reason: hangs\n');
  expect(refusal()).toMatchObject({
    what: expect.stringContaining('vllm is no source'),
    place: 'images/demo/known-bad.yaml:1:11',
  });
});

const rccl = `layers:
  base:
    kind: plain
    purpose: the base
  lib:
    kind: plain
    purpose: builds it
    needs: [base]
    sources: [rccl]
  torch:
    kind: plain
    purpose: needs it
    needs: [base]
  other:
    kind: plain
    purpose: no part of it
  app:
    kind: plain
    purpose: the app
    needs: [torch, lib]
rccl:
  choice: auto
  source: rccl
  layer: lib
  library: /out/librccl.so.1
  neededBy:
    - { layer: torch, file: /torch.so }
  symbols: [ncclSend]
final: app
`;
const withRccl = `${image.slice(0, image.indexOf('layers:'))}${rccl}${image.slice(image.indexOf('tags:'))}`;

test('reads an image that chooses its RCCL', () => {
  write('images/demo/image.yaml', withRccl);
  expect(readCatalog(root).images[0]?.definition.rccl?.neededBy).toEqual([
    { layer: 'torch', file: '/torch.so' },
  ]);
});

const brokenRccl: typeof broken = [
  ['unknown source', 'source: rccl\n', 'source: nccl\n', /unknown source nccl/, 'nccl\n'],
  ['unknown layer', 'layer: lib', 'layer: constructor', /unknown layer constructor/, 'constructor'],
  ['layer that is no part', 'layer: lib', 'layer: other', /other is no part of app/, 'other\n  library'],
  ['layer that does not build it', 'layer: lib', 'layer: torch', /does not build/, 'torch\n  library'],
  ['unknown choice', 'choice: auto', 'choice: newest', /rccl.choice/, 'newest'],
  ['unknown layer that needs it', '{ layer: torch', '{ layer: tensor', /unknown layer tensor/, 'tensor'],
  ['user that is no part', '{ layer: torch', '{ layer: other', /other is no part of app/, 'other, file'],
  ['user that needs it first', '{ layer: torch', '{ layer: app', /app needs layer lib itself/, 'app, file'],
  [
    'stands on what may go',
    'needs: [torch, lib]',
    'needs: [lib, torch]',
    /stands on layer lib/,
    'lib, torch',
  ],
  ['relative library', 'library: /out', 'library: out', /rccl.library/, 'out/librccl'],
  ['no symbol', '[ncclSend]', '["nccl Send"]', /C symbol/, '"nccl Send'],
];

test.each(brokenRccl)('refuses in rccl: %s', (_, part, by, what, at) => {
  expect(withRccl).toContain(part);
  const text = withRccl.replace(part, by);
  write('images/demo/image.yaml', text);
  const said = refusal();
  expect(said.what).toMatch(what);
  expect(said.place).toBe(`images/demo/image.yaml:${placeOf(text, at)}`);
  expect(said.next).toBeTruthy();
});

test('refuses in rccl: the released layer', () => {
  const text = withRccl.replace('final: app', 'final: lib').replace('- { layer: torch', '- { layer: lib');
  write('images/demo/image.yaml', text);
  expect(refusal()).toMatchObject({ what: 'layer lib is the released one' });
});

test('an image that insists on patched may stand on the layer', () => {
  const text = withRccl.replace('needs: [torch, lib]', 'needs: [lib, torch]');
  write('images/demo/image.yaml', text.replace('choice: auto', 'choice: patched'));
  expect(readCatalog(root).images).toHaveLength(1);
});

function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.indexOf(part)).split('\n');
  return `${before.length}:${before.at(-1)!.length + 1}`;
}

test.each(broken)('refuses: %s', (_, part, by, what, at) => {
  expect(image).toContain(part);
  const text = image.replace(part, by);
  write('images/demo/image.yaml', text);
  const said = refusal();
  expect(said.what).toMatch(what);
  expect(said.place).toBe(`images/demo/image.yaml:${placeOf(text, at)}`);
  expect(said.next).toBeTruthy();
});

test('refuses an image that is declared twice, naming both places', () => {
  write('images/second/image.yaml', image);
  const said = refusal();
  expect(said.what).toContain(join(root, 'images/demo/image.yaml:1:8'));
  expect(said.place).toBe('images/second/image.yaml:1:8');
});

test('refuses a file that is a symbolic link out of its folder', () => {
  rmSync(join(root, 'images/demo/files/run.sh'));
  symlinkSync('/etc/passwd', join(root, 'images/demo/files/run.sh'));
  expect(refusal()).toMatchObject({
    what: expect.stringContaining('leaves'),
    place: `images/demo/image.yaml:${placeOf(image, 'run.sh')}`,
  });
});

test.each([
  ['missing patch', 'file: 0001-one.patch', 'file: 0002-two.patch', /does not exist/, '0002'],
  ['patch path that leaves', 'file: 0001-one.patch', 'file: ../../x.patch', /stays inside/, '../../x'],
  ['no range of versions', "'>=2.13.4 <2.14.0'", "'sometimes'", /not a range/, "'sometimes"],
])('refuses a series: %s', (_, part, by, what, at) => {
  const text = series.replace(part, by);
  write('patches/fix/series.yaml', text);
  const said = refusal();
  expect(said.what).toMatch(what);
  expect(said.place).toBe(`patches/fix/series.yaml:${placeOf(text, at)}`);
});
