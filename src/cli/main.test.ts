import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KeyInputs } from '../plan/key.ts';
import { copyCatalog, editIn, lockBaseIn, runIn } from './fixtures.ts';

let folder: string;
let server: Server;
let mirror: string;
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halobox-cli-'));
  copyCatalog(folder);
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('not what was locked');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true });
});

/** In a catalog of its own, without any engine and a mirror on loopback. */
const run = (...args: string[]) => runIn(folder, args, { HALOBOX_DEBIAN_MIRROR: mirror });
const edit = (file: string, part: string, by: string) => editIn(folder, file, part, by);
const lockBase = () => lockBaseIn(folder);

test('lists the images', async () => {
  const { code, stdout } = await run('images');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^IMAGE +VERSION +TARGET +TITLE\nrdma-check +0\.1\.0 +gfx1151 +RDMA and RCCL check/);
  expect(JSON.parse((await run('images', '--json')).stdout)).toMatchObject([
    { image: 'rdma-check', version: '0.1.0' },
  ]);
});

test.each([
  'images',
  'resolve',
  'outdated',
  'watch',
  'render',
  'plan',
  'build',
  'test',
  'inspect',
  'size',
  'diff',
  'gc',
  'engines',
])('%s --help shows an example', async (command) => {
  const { code, stdout } = await run(command, '--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}\$ halobox /);
});

test.each([
  [['nonsense']],
  [['build']],
  [['build', 'rdma-check', '--base', 'floppy']],
  [['images', '--nope']],
])('wrong usage %j is exit 2', async (args) => {
  expect((await run(...args)).code).toBe(2);
});

test('an unknown image is exit 2 and names those that there are', async () => {
  const { code, stderr } = await run('build', 'nothing');
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^halobox: \S+\/images: there is no image "nothing"\n {2}next: Known images: rdma-check\.\n$/,
  );
});

test.each([
  [
    'images/rdma-check/image.yaml',
    'needs: [rocm-toolchain]',
    'needs: [nowhere]',
    /^halobox: \S+\/images\/rdma-check\/image\.yaml:\d+:13: /,
  ],
  [
    'templates/rccl.hbs',
    '{{sh target}}',
    '{{sh targget}}',
    /^halobox: \S+\/templates\/rccl\.hbs:\d+:\d+: unknown variable targget/,
  ],
  [
    'templates/rccl.hbs',
    '{{sh target}}',
    '{{target}}',
    /^halobox: \S+\/templates\/rccl\.hbs:\d+:\d+: {{target}} is not quoted/,
  ],
])(
  'broken input in %s is exit 2 with its place, and nothing is asked of the network',
  async (file, part, by, said) => {
    edit(file, part, by);
    const { code, stderr } = await run('build', 'rdma-check', '--base', 'oci');
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/\n {2}next: /);
    expect(code).toBe(2);
    expect(asked).toEqual([]);
  },
);

test('other bytes than the locked ones are exit 3, and no engine is asked', async () => {
  const { code, stdout, stderr } = await run('build', 'rdma-check', '--json');
  expect(code).toBe(3);
  expect(asked).toEqual(['/debian/pool/main/r/rccl/rccl_5.4.3.orig.tar.gz']);
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
    event: 'error',
    exitCode: 3,
    what: '19 bytes instead of 983139',
    where: `${mirror}/pool/main/r/rccl/rccl_5.4.3.orig.tar.gz: status 200 OK`,
  });
  expect(stderr).toContain('next: ');
  expect(stderr).not.toContain('docker.sock');
  expect(existsSync(join(folder, 'state', 'halobox', 'logs'))).toBe(false);
});

test('a base that is not locked is exit 2, and the command that locks it is named', async () => {
  edit('images/rdma-check/image.yaml', 'choice: auto', 'choice: stock');
  const { code, stderr } = await run('render', 'rdma-check', '--base', 'oci');
  expect([code, stderr]).toEqual([2, expect.stringContaining('halobox resolve rdma-check --base oci')]);
});

test('a definition that the lock does not answer is exit 2, and nothing is asked', async () => {
  edit('images/rdma-check/image.yaml', '        - zip\n', '        - zip\n        - strace\n');
  const { code, stderr } = await run('build', 'rdma-check');
  expect(code).toBe(2);
  expect(stderr).toContain('source debian was locked for something else: packages: +strace');
  expect(stderr).toContain('halobox resolve rdma-check');
  expect(asked).toEqual([]);
  const check = await run('resolve', 'rdma-check', '--check', '--json');
  expect([check.code, JSON.parse(check.stdout)]).toMatchObject([2, { fresh: false, image: 'rdma-check' }]);
  rmSync(join(folder, 'images/rdma-check/lock.json'));
  expect((await run('build', 'rdma-check')).stderr).toContain('Make one: halobox resolve rdma-check');
});

test('a lock of changed rules serves a build with a note, and not one that is --locked', async () => {
  edit('images/rdma-check/image.yaml', 'layers:\n', 'coherence: { cooldown: 1 }\nlayers:\n');
  const lenient = await run('build', 'rdma-check');
  expect([lenient.code, lenient.stderr]).toEqual([
    3,
    expect.stringContaining('lock.json serves, but the rules'),
  ]);
  expect((await run('build', 'rdma-check', '--locked')).code).toBe(2);
});

test('--frozen asks nobody', async () => {
  const { code, stderr } = await run('build', 'rdma-check', '--frozen');
  expect([code, stderr]).toEqual([3, expect.stringContaining('is not in the cache')]);
  expect(asked).toEqual([]);
});

test.each([
  [['--rocm'], /--rocm needs a value/],
  [['--rocm', '7', '--rocm', '8'], /given twice/],
  [['-x'], /unknown option -x/],
  [['--torch', '2.11'], /neither a source nor a set torch/],
  [['other-image'], /one image at a time/],
  [['--as-of', 'yesterday'], /is no date/],
  [['--upgrade', 'vllm'], /neither a source nor a set "vllm"/],
])('resolve %j is exit 2, and no lock is written', async (args, message) => {
  rmSync(join(folder, 'images/rdma-check/lock.json'));
  const { code, stderr } = await run('resolve', 'rdma-check', ...args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  expect(asked).toEqual([]);
  expect(existsSync(join(folder, 'images/rdma-check/lock.json'))).toBe(false);
});

test('with stock RCCL neither its layers nor its source are there', async () => {
  edit('images/rdma-check/image.yaml', 'choice: auto', 'choice: stock');
  lockBase();
  const { code, stdout, stderr } = await run('render', 'rdma-check', '--base', 'oci', '--json');
  expect(code).toBe(0);
  expect(asked).toEqual([]);
  expect(stderr).toContain('rccl      stock: image.yaml says so\n');
  const layers = JSON.parse(stdout) as { layer: string; needs: string[]; containerfile: string }[];
  expect(layers.map(({ layer }) => layer)).toEqual(['scripts', 'base', 'tools', 'toolbox']);
  expect(layers.at(-1)?.needs).toEqual(['tools', 'scripts']);
  expect(layers.at(-1)?.containerfile).not.toMatch(/\/out\/|5\.4\.3/);
});

test('a template that takes the library in any case is refused where it may not be there', async () => {
  edit('templates/toolbox.hbs', '{{#if rccl.patched}}\nCOPY', '{{#if true}}\nCOPY');
  const { code, stderr } = await run('build', 'rdma-check');
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /toolbox\.hbs:6:19: unknown variable layers\.rccl\n {2}next: layers has: scripts, tools\.\n/,
  );
  edit('images/rdma-check/image.yaml', 'choice: auto', 'choice: patched');
  // Accepted; what ends it now is the mirror.
  expect((await run('build', 'rdma-check')).code).toBe(3);
});

test('without an engine it is exit 6, with everything that was tried', async () => {
  const { code, stderr } = await run('inspect', 'rdma-check');
  expect(code).toBe(6);
  expect(stderr).toContain(`${folder}/docker.sock`);
  expect(stderr).toMatch(/next: .*(podman|docker)/i);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('--debug shows where an error comes from', async () => {
  expect((await run('--debug', 'build', 'nothing')).stderr).toMatch(/\n\s+at imageNamed /);
});

test('plan says what would be built without any engine, and that it could not ask one', async () => {
  edit('images/rdma-check/image.yaml', 'choice: auto', 'choice: stock');
  lockBase();
  const { code, stdout, stderr } = await run('plan', 'rdma-check', '--base', 'oci');
  expect(code).toBe(0);
  expect(asked).toEqual([]);
  expect(stderr).toMatch(/^note +no container engine answers: every layer is planned to be built/m);
  expect(stdout).toBe(
    [
      'LAYER    ACTION  TIME     WHY',
      'scripts  build   unknown  never built here',
      'base     build   unknown  never built here',
      'tools    build   unknown  never built here',
      'toolbox  build   unknown  never built here',
      '4 to build, 0 reused; how long it takes is unknown\n',
    ].join('\n'),
  );
});

/** As a build leaves it: what each layer is made from now, with 90 seconds for each. */
async function pretendBuilt(): Promise<void> {
  const { stdout } = await run('plan', 'rdma-check', '--base', 'oci', '--json', '--explain');
  const { layers } = JSON.parse(stdout) as { layers: { layer: string; key: string; inputs: KeyInputs }[] };
  for (const { layer, key, inputs } of layers) {
    const file = join(folder, 'state/halobox/layers/rdma-check', `${layer}.json`);
    mkdirSync(dirname(file), { recursive: true });
    const record = { format: 1, key, inputs, seconds: 90, built: '2026-11-01T00:00:00Z' };
    writeFileSync(file, JSON.stringify(record));
  }
}

test('plan names what differs from the last build; --explain all of it, and how long it took', async () => {
  edit('images/rdma-check/image.yaml', 'choice: auto', 'choice: stock');
  lockBase();
  await pretendBuilt();
  const perftest = '"perftest": {\n            "version": "';
  edit('images/rdma-check/lock.json', perftest, `${perftest}99+`);
  edit('images/rdma-check/files/banner.sh', '\n', '\n# changed\n');
  const brief = await run('plan', 'rdma-check', '--base', 'oci', '--jobs', '1');
  expect(brief.stdout).toMatch(/^base +build +1 min 30 s +as last built; whether it is there/m);
  expect(brief.stdout).toMatch(/^tools +build +1 min 30 s +package perftest \S+ → 99\+\S+$/m);
  expect(brief.stdout).toMatch(
    /^toolbox +build +1 min 30 s +file banner\.sh changed \(.{7} → .{7}\) \(and 1 more\)$/m,
  );
  expect(brief.stdout).toContain('about 6 min 0 s with 1 at a time (longest: base → tools → toolbox)\n');
  const { stdout } = await run('plan', 'rdma-check', '--base', 'oci', '--explain');
  expect(stdout).toMatch(/^ {24,}layer tools \(its own inputs\)$/m);
  const mermaid = await run('plan', 'rdma-check', '--base', 'oci', '--mermaid');
  expect(mermaid.stdout).toMatch(/^flowchart TD\n {2}n0\["scripts<br\/>build, 1 min 30 s"\]:::build\n/);
});

test.each([
  ['--jobs', '0'],
  ['--jobs', 'two'],
  ['--json', '--mermaid'],
])('plan %s %s is exit 2', async (...flags) => {
  expect((await run('plan', 'rdma-check', ...flags)).code).toBe(2);
});
