import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';

const halobox = join(import.meta.dirname, 'halobox.ts');
const query = { kind: 'debian-source', package: 'lib', suite: 'trixie' };

let room: string;
let server: Server;
let tarball: Buffer;

beforeAll(async () => {
  room = mkdtempSync(join(tmpdir(), 'halobox-same-'));
  mkdirSync(join(room, 'lib-1'));
  writeFileSync(join(room, 'lib-1/VERSION'), 'version 1.0.0\n');
  writeFileSync(join(room, 'lib-1/a.txt'), 'old\n');
  writeFileSync(join(room, 'lib-1/b.txt'), 'old\n');
  execFileSync('tar', ['-C', room, '-czf', join(room, 'lib.tar.gz'), 'lib-1']);
  tarball = readFileSync(join(room, 'lib.tar.gz'));
  server = createServer((_, response) => response.end(tarball));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(room, { recursive: true });
});

const turnedOver = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turnedOver);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turnedOver(inner)]),
  );
};

/** A patch series that makes `new` of `old` in one file. */
function series(name: string, file: string): [string, unknown][] {
  const definition = {
    series: name,
    project: { name: 'lib', marks: ['VERSION'], version: { file: 'VERSION', after: ['version '] } },
    ...{ upstream: 'https://example.com/lib', versions: '>=1.0.0', written: 'gfx1151', targets: ['gfx1151'] },
    patches: [
      {
        ...{ id: 'one', file: '1.patch', purpose: 'p', reason: 'r', dropWhen: 'never' },
        probe: [{ file, has: ['new'] }],
      },
    ],
  };
  const patch = `Subject: [PATCH] one\n\ndiff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-old\n+new\n`;
  return [
    [`patches/${name}/series.yaml`, definition],
    [`patches/${name}/1.patch`, patch],
  ];
}

const catalog: [string, unknown][] = [
  ...series('fix', 'a.txt'),
  ...series('more', 'b.txt'),
  [
    'templates/plain.hbs',
    [
      '{{#if parent}}\nFROM {{ref parent}}\n{{else}}\nFROM {{ref base.oci}}\n{{/if}}',
      'ENV {{#each with.env as |value|}}{{sh value}} {{/each}}',
      '{{#each arguments as |value|}}# {{comment value}}\n{{/each}}',
      'LABEL version={{quoted image.version}}\n',
    ].join('\n'),
  ],
  [
    'images/demo/image.yaml',
    {
      ...{ image: 'demo', title: 'Demo', description: 'A demo', version: '1.0.0', licenses: 'MIT' },
      ...{ source: 'https://example.com/demo', target: 'gfx1151' },
      base: { suite: 'trixie', oci: 'docker.io/library/debian:trixie' },
      arguments: {
        size: { description: 'd', values: ['small', 'large'], default: 'small' },
        colour: { description: 'd', values: ['red', 'blue'], default: 'red' },
      },
      sources: { lib: { ...query, series: ['fix', 'more'] } },
      layers: {
        base: { kind: 'plain', purpose: 'b', with: { env: { B: 'b=1', A: 'a=2' } } },
        lib: { kind: 'plain', purpose: 'l', needs: ['base'], sources: ['lib'], with: { env: {} } },
        app: {
          ...{ kind: 'plain', purpose: 'a', needs: ['base', 'lib'], with: { env: { C: 'c=3' } } },
          files: [
            { from: 'run.sh', to: 'run.sh' },
            { from: 'notes.txt', to: 'notes.txt' },
          ],
        },
      },
      final: 'app',
      tags: ['{version}'],
      contract: {},
    },
  ],
  ['images/demo/files/run.sh', '#!/bin/sh\n'],
  ['images/demo/files/notes.txt', 'notes\n'],
];

const lock = () => ({
  ...{ format: 1, image: 'demo', definition: '0'.repeat(64), stamps: {} },
  base: {
    ...{ kind: 'oci', version: 'trixie', reference: 'docker.io/library/debian' },
    digest: `sha256:${'a'.repeat(64)}`,
  },
  sources: {
    lib: {
      query,
      pin: {
        ...{ kind: 'debian-source', version: '1.0.0', debian: '1.0.0-1', date: '2026-11-15T10:00:00Z' },
        file: {
          path: 'pool/main/l/lib/lib_1.0.0.orig.tar.gz',
          size: tarball.length,
          sha256: createHash('sha256').update(tarball).digest('hex'),
        },
      },
    },
  },
});

/** The keys of all layers, as a process of its own computes them from a catalog and with a cache of its own. */
async function keys(
  place: string,
  {
    umask = '022',
    zone = 'UTC',
    locale = 'C',
    turn = (value: unknown) => value,
    edit = (_path: string, text: string) => text,
  } = {},
): Promise<Record<string, string>> {
  const root = join(room, place);
  for (const [path, content] of [...catalog, ['images/demo/lock.json', lock()] as const]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const text = typeof content === 'string' ? content : stringify(turn(content));
    writeFileSync(
      join(root, path),
      path.endsWith('.json') ? JSON.stringify(turn(content)) : edit(path, text),
    );
  }
  // A checkout's modes depend on the umask too; only the executable bit is the file's own.
  const script = `umask ${umask} && cp images/demo/files/run.sh x && rm images/demo/files/run.sh && mv x images/demo/files/run.sh && chmod +x images/demo/files/run.sh && exec "$0" "$1" render demo --json --set size=large --set colour=blue`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script, process.execPath, halobox], {
    cwd: root,
    env: {
      ...{ PATH: process.env.PATH, TZ: zone, LC_ALL: locale, HOME: root },
      ...{ XDG_CACHE_HOME: join(root, 'cache'), XDG_STATE_HOME: join(root, 'state') },
      HALOBOX_DEBIAN_MIRROR: `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`,
    },
  });
  const layers = JSON.parse(stdout) as { layer: string; key: string; containerfile: string }[];
  expect(layers.map(({ layer }) => layer)).toEqual(['base', 'lib', 'app']);
  expect(layers.at(-1)?.containerfile).toContain('1.0.0-blue-large');
  return Object.fromEntries(layers.map(({ layer, key }) => [layer, key]));
}

test('order in YAML, place, time zone, locale and umask decide no key', async () => {
  const first = await keys('first');
  expect(await keys('order', { turn: turnedOver })).toEqual(first);
  expect(
    await keys('a place/of another depth', { zone: 'Pacific/Kiritimati', locale: 'tr_TR.UTF-8' }),
  ).toEqual(first);
  expect(await keys('umask', { umask: '077', zone: 'America/St_Johns' })).toEqual(first);
});

test.each<[string, string, string, string, string[]]>([
  ['a script', 'images/demo/files/run.sh', 'sh', 'bash', ['app']],
  ['a patch', 'patches/fix/1.patch', '+new', '+new!', ['app', 'lib']],
  ['a range of a series', 'patches/more/series.yaml', '>=1.0.0', '>=0.0.1', ['app', 'lib']],
  ['a value of a layer', 'images/demo/image.yaml', 'b=1', 'b=2', ['app', 'base', 'lib']],
  ['a template', 'templates/plain.hbs', 'ENV', 'ENV ', ['app', 'base', 'lib']],
  ['a description', 'images/demo/image.yaml', 'A demo', 'A Demo', []],
])(
  'a byte of %s on the disk changes the keys of who can reach it, and no other',
  async (what, where, from, to, reaching) => {
    const edit = (path: string, text: string) => {
      if (path !== where) return text;
      expect(text).toContain(from);
      return text.replace(from, to);
    };
    const [before, after] = [await keys('as it was'), await keys(what, { edit })];
    const changed = Object.keys(before).filter((layer) => before[layer] !== after[layer]);
    expect(changed.toSorted()).toEqual(reaching);
  },
);
