import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { simpleHtml, simpleJson } from '../../src/sources/python-index/fixtures.ts';
import { s3Answer } from '../../src/sources/s3-listing/fixtures.ts';
import { ensureDebianPackages } from '../engines/debian-packages.ts';
import { serveArchive } from './debian-archive.ts';
import { gitHandler, writeRepository } from './git-server.ts';
import { pushImage, type Registry, startRegistry } from './registry.ts';
import { document, file, type Served, serve } from './serve.ts';
import { stackWheels } from './stack.ts';
import { type Wheel, writeWheels } from './wheels.ts';

/** Every place that a Strix Halo image takes something from, on loopback, with the shapes of the real ones. */
export interface Upstream {
  server: Served;
  registry: Registry;
  /** What a person sets to have these asked instead of the real ones. */
  env: { HALOBOX_MIRRORS: string; HALOBOX_DEBIAN_MIRROR: string };
  wheels: readonly Wheel[];
  /** Commits of vLLM, the oldest first. */
  revisions: readonly string[];
  /** Digests of the base by architecture, and of its index. */
  base: Readonly<Record<string, string>>;
  /** Moves the archive on: one package newer. */
  updateDebian(): void;
  revertDebian(): void;
  close(): Promise<void>;
}

/** The newest tarball is big enough to be cut in the middle. Bytes. */
export const newestSize = 3_000_000;

/** TheRock's nightlies of one target, a day each; 2,500 keys are three pages. */
const keys = Array.from({ length: 2500 }, (_, back) => {
  const modified = new Date(Date.parse('2026-07-03T09:15:00.000Z') - back * 86_400_000).toISOString();
  const day = modified.slice(0, 10).replaceAll('-', '');
  const version = back < 10 ? '7.15.0' : back < 200 ? '7.14.0' : back < 400 ? '7.10.0' : '7.9.0';
  return {
    key: `therock-dist-linux-gfx1151-${version}a${day}.tar.gz`,
    modified,
    size: back === 0 ? newestSize : 50_000 + back,
  };
});

export async function startUpstream(): Promise<Upstream> {
  await ensureDebianPackages(['python3-pip', 'docker-registry', 'git']);
  const folder = mkdtempSync(join(tmpdir(), 'halobox-upstream-'));
  const server = await serve();
  const wheels = await pythonIndexes(server, folder);
  bucket(server);
  githubApi(server);
  const { revisions } = await writeRepository(folder, 'vllm-project/vllm', [
    { text: 'one', tags: ['v0.26.0'], date: '2026-05-01T00:00:00Z' },
    { text: 'two', tags: ['annotated:v0.27.1'], date: '2026-06-20T00:00:00Z' },
    { text: 'three', tags: ['v0.28.0rc1', 'nightly'], date: '2026-07-02T00:00:00Z' },
  ]);
  server.routes.set('/git/', gitHandler('/git', folder));
  debian(server, '1.0-1');
  const registry = await startRegistry(folder);
  const base = await pushImage(registry, 'library/debian', 'trixie-slim', ['arm64', 'amd64']);
  const mirrors = join(folder, 'mirrors.yaml');
  writeFileSync(
    mirrors,
    `https://rocm.nightlies.amd.com/: ${server.base}/nightlies/
https://therock-nightly-tarball.s3.amazonaws.com/: ${server.base}/bucket/
https://api.github.com/: ${server.base}/api/
https://github.com/: ${server.base}/git/
https://registry-1.docker.io/: http://${registry.host}/
`,
  );
  return {
    server,
    registry,
    env: { HALOBOX_MIRRORS: mirrors, HALOBOX_DEBIAN_MIRROR: `${server.base}/debian` },
    wheels,
    revisions,
    base,
    updateDebian: () => debian(server, '1.0-2'),
    revertDebian: () => debian(server, '1.0-1'),
    async close() {
      await registry.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** HTML for all projects but one, whose page is JSON: real places answer either. */
async function pythonIndexes(server: Served, folder: string): Promise<Wheel[]> {
  const place = join(folder, 'wheels');
  mkdirSync(place);
  const wheels = await writeWheels(place, stackWheels);
  for (const project of new Set(wheels.map((wheel) => wheel.project))) {
    const files = wheels
      .filter((wheel) => wheel.project === project)
      .map(({ name, sha256, metadata, requiresPython, yanked, file: path }) => ({
        name,
        sha256,
        metadata,
        ...(requiresPython !== undefined && { requiresPython }),
        ...(yanked !== undefined && { yanked }),
        size: readFileSync(path).length,
        uploaded: uploadedOf(name),
      }));
    const json = project === 'torchaudio';
    const page = json ? simpleJson(project, files) : simpleHtml(project, files);
    const type = json ? 'application/vnd.pypi.simple.v1+json' : 'text/html';
    server.routes.set(`/nightlies/whl-multi-arch/${project}/`, document(page, type));
  }
  for (const { name, file: path, sha256 } of wheels)
    for (const suffix of ['', '.metadata'])
      server.routes.set(
        `/nightlies/whl-multi-arch/${encodeURIComponent(name)}${suffix}`,
        file(() => readFileSync(path + suffix), `"${sha256}${suffix}"`),
      );
  return wheels;
}

function uploadedOf(name: string): string {
  const [, day = '20260601'] = /a(2026[0-9]{4})/.exec(name) ?? [];
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T08:00:00Z`;
}

function bucket(server: Served): void {
  server.routes.set('/bucket/', (request, response, url) =>
    document(s3Answer(keys, url), 'application/xml')(request, response, url),
  );
  for (const { key, size } of keys.slice(0, 40))
    server.routes.set(
      `/bucket/${key}`,
      file(() => bytesOf(key, size), `"${key}-1"`),
    );
}

/** Bytes that gzip can't shrink, the same each time. */
export function bytesOf(name: string, size: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, index) =>
    createHash('sha256').update(`${name} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

function githubApi(server: Served): void {
  const release = (version: string, prerelease: boolean, published: string) => {
    const name = `amdgpu_top-${version}-x86_64.tar.gz`;
    const body = bytesOf(name, 4000);
    server.routes.set(
      `/git/Umio-Yasuno/amdgpu_top/releases/download/v${version}/${name}`,
      file(() => body, `"${name}"`),
    );
    return {
      tag_name: `v${version}`,
      draft: false,
      prerelease,
      published_at: published,
      assets: [
        {
          name,
          state: 'uploaded',
          size: body.length,
          digest: `sha256:${createHash('sha256').update(body).digest('hex')}`,
          browser_download_url: `https://github.com/Umio-Yasuno/amdgpu_top/releases/download/v${version}/${name}`,
        },
      ],
    };
  };
  const releases = [
    release('0.12.0-rc.1', true, '2026-07-01T00:00:00Z'),
    release('0.11.2', false, '2026-06-15T00:00:00Z'),
    release('0.9.10', false, '2026-03-01T00:00:00Z'),
  ];
  const page = document(JSON.stringify(releases), 'application/json; charset=utf-8');
  server.routes.set('/api/repos/Umio-Yasuno/amdgpu_top/releases', page);
}

function debian(server: Served, perftest: string): void {
  const orig = gzipSync(Buffer.from('not read here'));
  serveArchive(server, [
    {
      suite: 'trixie',
      date: 'Sat, 15 Nov 2025 10:00:00 UTC',
      binaries: [
        { name: 'perftest', version: perftest },
        { name: 'rdma-core', version: '56.1-1' },
      ],
      sources: [{ name: 'rccl', version: '5.4.3-3', orig }],
    },
    {
      suite: 'trixie-security',
      date: 'Fri, 20 Nov 2026 10:00:00 UTC',
      binaries: [{ name: 'rdma-core', version: '56.1-1+deb13u1' }],
    },
  ]);
}
