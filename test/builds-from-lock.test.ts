import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { document } from './upstream/serve.ts';
import { stackImage } from './upstream/stack.ts';
import { stackCatalog } from './upstream/stack-catalog.ts';

const stack = stackCatalog();

describe('what is built', () => {
  const taking = stackImage.replace(
    'with: { packages: [perftest, rdma-core] } }',
    'with: { packages: [perftest, rdma-core] }, sources: [torch, sdk, vllm] }',
  );
  const template = `{{#if base.debootstrap}}FROM scratch{{else}}FROM {{ref base.oci}}{{/if}}
COPY {{paths sources.torch.path "/wheels/"}}
COPY {{paths sources.vllm.path "/src/vllm"}}
RUN apt-get install {{debs with.packages debian}} # {{comment versions.vllm}}
`;
  const render = (...more: string[]) =>
    stack.run('render', 'stack', '--base', 'oci', '--out', join(stack.folder, 'out'), ...more);

  beforeEach(async () => {
    await stack.writeImage(taking);
    await writeFile(join(stack.catalog(), 'templates/plain.hbs'), template);
    await stack.run('resolve', 'stack', '--base', 'oci');
  });

  test('is what is locked: the base by its digest, packages by version, files and commits in the context', async () => {
    const { exitCode, stderr } = await render();
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('next:')]);
    const { sources } = await stack.readLock();
    const folder = join(stack.folder, 'out/base');
    const containerfile = await readFile(join(folder, 'Containerfile'), 'utf8');
    expect(containerfile).toContain(`FROM docker.io/library/debian@${stack.upstream.base.amd64}\n`);
    expect(containerfile).toContain('perftest=1.0-1');
    expect(containerfile).toContain('rdma-core=56.1-1+deb13u1');
    expect(containerfile).toContain('# 0.27.1\n');
    const { file } = sources.torch!.pin as { file: { name: string; sha256: string } };
    const wheel = await readFile(join(folder, 'sources/torch', file.name));
    expect(createHash('sha256').update(wheel).digest('hex')).toBe(file.sha256);
    expect(await readFile(join(folder, 'sources/vllm/README'), 'utf8')).toBe('two');
  });

  test('--frozen asks nobody, and says what it would have to', async () => {
    expect(await render('--frozen')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('is not in the cache'),
    });
    await render();
    stack.upstream.server.asked.length = 0;
    // Without --out: that folder is there by now.
    expect((await stack.run('render', 'stack', '--base', 'oci', '--frozen')).exitCode).toBe(0);
    expect(stack.upstream.server.asked).toEqual([]);
  });

  test('is refused when its bytes are others now', async () => {
    const { sources } = await stack.readLock();
    const { file } = sources.torch!.pin as { file: { name: string } };
    const path = `/nightlies/whl-multi-arch/${encodeURIComponent(file.name)}`;
    const before = stack.upstream.server.routes.get(path)!;
    const size = (await readFile(stack.upstream.wheels.find(({ name }) => name === file.name)!.file)).length;
    stack.upstream.server.routes.set(path, document(Buffer.alloc(size), 'application/zip'));
    const { exitCode, stderr } = await render();
    stack.upstream.server.routes.set(path, before);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/sha256 [0-9a-f]{64} instead of [0-9a-f]{64}/);
  });
});
