import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { type HaloboxOptions, halobox } from '../support/halobox.ts';

/**
 * The rendered files stand on their own: `build.sh`, which knows nothing but the engine's command line, builds them
 * all. Its steps are those of the build before it, so Podman's own cache answers for the compile.
 */
export function buildsByHand(
  options: () => HaloboxOptions,
  folder: () => string,
  podman: () => Record<string, string>,
): void {
  test('podman builds every rendered Containerfile by hand', async () => {
    const out = join(folder(), 'rendered');
    const args = ['render', 'rdma-check', '--set', 'kernels=all-reduce', '--out', out];
    expect(await halobox(args, options())).toMatchObject({ exitCode: 0 });
    const { all } = await execa('sh', [join(out, 'build.sh'), 'podman'], { env: podman(), all: true });
    expect(all).toMatch(/Successfully tagged localhost\/halobox\/toolbox:[0-9a-f]{64}/);
    await rm(out, { recursive: true });
  });
}
