import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import Dockerode from 'dockerode';
import { expect, inject, test } from 'vitest';
import { buildx } from '../engines/buildx.ts';
import { writeDiamondCatalog } from '../support/diamond-catalog.ts';
import { eventOf, type HaloboxOptions, halobox } from '../support/halobox.ts';

const settings = ['--set', 'kernels=all-reduce'];

/**
 * The graph as a file for `docker buildx bake`, which knows nothing of halobox. Comes after `buildsRdmaCheck`, whose
 * image it makes again.
 */
export function bakes(
  options: () => HaloboxOptions,
  folder: () => string,
  env: () => Record<string, string>,
): void {
  test('buildx reads the bake file of rdma-check as it is meant, and what it makes gives the same image', async () => {
    const out = join(folder(), 'bake-rdma-check');
    const args = ['render', 'rdma-check', ...settings, '--bake', '--out', out];
    expect(await halobox(args, options())).toMatchObject({ exitCode: 0 });
    const { target } = JSON.parse(await buildx(['bake', '--print'], { cwd: out, env: env() })) as {
      target: Record<string, { network?: string; contexts?: Record<string, string> }>;
    };
    expect(Object.keys(target).sort()).toEqual([
      'base',
      'rccl',
      'rocm-toolchain',
      'scripts',
      'toolbox',
      'tools',
    ]);
    expect([target.rccl?.network, target.tools?.network]).toEqual(['none', undefined]);
    expect(Object.values(target.toolbox?.contexts ?? {}).sort()).toEqual([
      'target:rccl',
      'target:scripts',
      'target:tools',
    ]);
    // From here on the engine knows none of them by the names that halobox gives.
    const engine = new Dockerode({ socketPath: env().DOCKER_HOST!.slice('unix://'.length) });
    const { Id: released, RepoTags: tags } = await engine.getImage('rdma-check:0.1.0-all-reduce').inspect();
    const layers = inject('rendered').map(({ layer, key }) => `localhost/halobox/${layer}:${key}`);
    for (const name of [...layers, ...tags.filter((tag) => tag.startsWith('localhost/halobox/'))]) {
      await engine.getImage(name).remove({ noprune: true });
    }
    await buildx(['bake', '--load'], { cwd: out, env: env() });
    const built = await halobox(['build', 'rdma-check', ...settings, '--json'], options());
    expect(built).toMatchObject({ exitCode: 0 });
    expect(eventOf(built.stdout, 'done')).toMatchObject({ built: 0 });
    expect(eventOf(built.stdout, 'assembled').id).toBe(released);
    // Those that nothing stands on came as they are needed.
    await buildx(['bake', 'layers', '--load'], { cwd: out, env: env() });
    await rm(out, { recursive: true });
  });

  test('what buildx bakes is what halobox would have built: nothing is left to do', async () => {
    const directory = join(folder(), 'baked');
    const work = () => `echo ${randomUUID()}`;
    await writeDiamondCatalog(directory, { left: work(), right: work() });
    const here = { ...options(), directory };
    const out = join(folder(), 'bake-diamond');
    expect(await halobox(['render', basename(directory), '--bake', '--out', out], here)).toMatchObject({
      exitCode: 0,
    });
    await buildx(['bake', '--load'], { cwd: out, env: env() });
    const { exitCode, stdout } = await halobox(['build', basename(directory), '--json'], here);
    expect(exitCode).toBe(0);
    expect(eventOf(stdout, 'plan').layers.at(-1)).toMatchObject({ layer: 'both', action: 'reuse' });
    expect(eventOf(stdout, 'contract-done')).toMatchObject({ passed: true });
    expect(eventOf(stdout, 'done')).toMatchObject({ built: 0, reused: 1 });
  });
}
