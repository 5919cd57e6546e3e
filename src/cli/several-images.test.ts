import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256, TestRegistry } from '../registry/fixtures.ts';
import { listen } from '../sources/http/fixtures.ts';
import { copyCatalog, editIn, lockBaseIn, runIn } from './fixtures.ts';

let folder: string;
let mirror: string;
beforeEach(async () => {
  mirror = await listen((_, response) => response.end('not what was locked'));
  folder = mkdtempSync(join(tmpdir(), 'halobox-several-'));
  copyCatalog(folder);
  edit('images/rdma-check/image.yaml', 'choice: auto', 'choice: stock');
  lockBaseIn(folder);
  cpSync(join(folder, 'images/rdma-check'), join(folder, 'images/second'), { recursive: true });
  edit('images/second/image.yaml', 'image: rdma-check', 'image: second');
  edit('images/second/lock.json', '"rdma-check"', '"second"');
});
afterEach(() => rmSync(folder, { recursive: true }));

const edit = (file: string, part: string, by: string) => editIn(folder, file, part, by);
const run = (...args: string[]) =>
  runIn(folder, [...args, '--base', 'oci'], { HALOBOX_DEBIAN_MIRROR: `${mirror}/debian` });

interface Layer {
  layer: string;
  key: string;
  images: string[];
  action: string;
  where?: string;
}
async function planned(...args: string[]): Promise<Layer[]> {
  const { stdout } = await run('plan', 'rdma-check', 'second', '--json', ...args);
  return (JSON.parse(stdout) as { layers: Layer[] }).layers;
}

test.each(['plan', 'build'])(
  '%s with an argument that one image lacks is exit 2, and says so',
  async (command) => {
    const more = 'arguments:\n  extra: { description: d, values: ["no", "yes"], default: "no" }\n';
    edit('images/rdma-check/image.yaml', 'arguments:\n', more);
    const { code, stderr } = await run(command, 'rdma-check', 'second', '--set', 'extra=yes');
    expect(stderr).toMatch(
      /^halobox: --set extra=yes: second has no argument "extra"\n {2}next: Known: kernels\. With several images each must know it; or name one at a time\.\n$/,
    );
    expect(code).toBe(2);
  },
);

test('an image that is wrong is told before any other one is brought', async () => {
  edit('images/second/image.yaml', 'needs: [rocm-toolchain]', 'needs: [nowhere]');
  edit('images/rdma-check/image.yaml', 'choice: stock', 'choice: auto');
  const { code, stderr } = await run('build', 'rdma-check', 'second');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/second\/image\.yaml:\d+:\d+: .*nowhere/)]);
});

test('with --keep-going an image without its sources is left out; the exit code is that of the first failure', async () => {
  edit('images/rdma-check/image.yaml', 'choice: stock', 'choice: auto');
  const stops = await run('build', 'rdma-check', 'second');
  expect([stops.code, stops.stderr]).toEqual([3, expect.not.stringContaining('second')]);
  edit('images/second/image.yaml', 'choice: stock', 'choice: auto');
  const goesOn = await run('build', 'rdma-check', 'second', '--keep-going');
  expect(goesOn.code).toBe(3);
  const failed = goesOn.stderr.match(/^failed {4}\S+ is not released/gm);
  expect(failed).toEqual(['failed    rdma-check is not released', 'failed    second is not released']);
});

test.each(['plan', 'build'])('%s --frozen --cache-from is exit 2', async (command) => {
  const { code, stderr } = await run(command, 'second', '--frozen', '--cache-from', 'localhost:5000/layers');
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/'--cache-from <repo>' cannot be used with .*--frozen/),
  ]);
});

test('a podman that says who it is and then does not answer is no engine to plan on, and is asked anew', async () => {
  const podman = join(folder, 'podman');
  const info = {
    host: { hostname: 'board', kernel: '6.18.4', security: { rootless: false } },
    store: { graphRoot: '/images', graphDriverName: 'overlay' },
    version: { Version: '5.8.6' },
  };
  writeFileSync(
    podman,
    `#!/bin/sh\ncase "$*" in *info*) echo asked >> ${folder}/asked; echo '${JSON.stringify(info)}' ;; *) echo 'Error: no runtime' >&2; exit 125 ;; esac\n`,
    { mode: 0o755 },
  );
  const args = ['plan', 'second', '--base', 'oci'];
  const env = { HALOBOX_ENGINE: podman, PATH: process.env.PATH! };
  for (const times of [1, 2]) {
    const { code, stdout, stderr } = await runIn(folder, args, env);
    expect([code, stdout]).toEqual([0, expect.stringContaining('never built here')]);
    expect(stderr).toContain('no runtime: every layer is planned to be built');
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('asked\n'.repeat(times));
  }
});

/** Puts an image with a layer's key, and no bytes, into a registry. */
function putKey(registry: TestRegistry, { layer, key }: Layer): void {
  const config = Buffer.from(
    JSON.stringify({
      ...{ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } },
      config: { Labels: { 'io.halobox.key': key } },
    }),
  );
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const described = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: registry.add('team/layers', config),
    size: config.length,
  };
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: type, config: described, layers: [] }),
  );
  registry.manifests.set(`team/layers:${layer}-${key}`, { bytes, type });
  registry.manifests.set(`team/layers:${sha256(bytes)}`, { bytes, type });
}

test('plan names the layers that a cache has, and fetches none of them', async () => {
  const registry = await TestRegistry.start();
  const repo = `${registry.host}/team/layers`;
  const layers = await planned();
  expect(layers.map(({ layer, images }) => [layer, ...images])).toEqual([
    ['scripts', 'rdma-check', 'second'],
    ['base', 'rdma-check', 'second'],
    ['tools', 'rdma-check', 'second'],
    ['toolbox', 'rdma-check'],
    ['toolbox', 'second'],
  ]);
  putKey(registry, layers[2]!);
  putKey(registry, layers[4]!);
  const said = await planned('--cache-from', repo);
  expect(said.map(({ layer, action, where }) => [layer, action, where])).toEqual([
    ['scripts', 'build', undefined],
    ['base', 'unneeded', undefined],
    ['tools', 'reuse', repo],
    ['toolbox', 'build', undefined],
    ['toolbox', 'reuse', repo],
  ]);
  const flags = ['rdma-check', 'second', '--cache-from', repo];
  const { stdout, stderr } = await run('plan', ...flags);
  expect(stderr).toMatch(/^note +no container engine answers: what no cache has is planned to be built/m);
  expect(stdout).toMatch(new RegExp(`^tools +reuse +rdma-check, second +from ${repo}$`, 'm'));
  expect((await run('plan', ...flags, '--mermaid')).stdout).toContain('reuse, from 127.0.0.1#58;');
  expect(registry.asked.filter((path) => !path.startsWith('GET /v2/team/layers/'))).toEqual([]);
});

test('a cache that does not answer is named once, and the plan is made without it', async () => {
  const registry = await TestRegistry.start();
  registry.fault = (_, response) => {
    response.writeHead(401).end();
    return true;
  };
  const { code, stdout, stderr } = await run(
    'plan',
    'second',
    '--cache-from',
    `${registry.host}/team/layers`,
  );
  expect(code).toBe(0);
  expect(stderr.match(/^note +cache .* is not used: .*401.*$/gm)).toHaveLength(1);
  expect([...new Set(registry.asked)]).toEqual([expect.stringContaining('/manifests/toolbox-')]);
  expect(stdout).toContain('4 to build, 0 reused');
});
