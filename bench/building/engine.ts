import { join } from 'node:path';
import { usualJobs } from '../../src/cli/flags.ts';
import { buildxCommand } from '../../test/engines/buildx.ts';
import { startDocker } from '../../test/engines/docker.ts';
import { startPodman } from '../../test/engines/podman.ts';
import type { Program } from '../measure.ts';

/** An engine of the bench's own, with its images in a folder of its own. */
export interface BenchEngine {
  /** With its version, as the rows show it. */
  name: string;
  /** By which halobox finds it and no other. */
  env: Readonly<Record<string, string>>;
  /** What people call without halobox; the words of a build follow. */
  plain: { name: string; program: Program };
  stop(): Promise<void>;
}

/** Docker 28 with BuildKit, and buildx in front of it, which is what `docker build` runs. */
export async function dockerEngine(folder: string): Promise<BenchEngine> {
  const [command, ...args] = await buildxCommand();
  const { env, version, stop } = await startDocker('current', folder);
  const program = {
    command,
    args: [...args, 'build'],
    env: { ...env, BUILDX_CONFIG: join(folder, 'buildx') },
  };
  return {
    name: `Docker ${version}`,
    env: { HALOBOX_ENGINE: env.DOCKER_HOST },
    plain: { name: 'docker build', program },
    stop,
  };
}

/** Podman 5.8; one stage after the other is its default, here it may build as many at a time as halobox does. */
export async function podmanEngine(folder: string): Promise<BenchEngine> {
  const { path, version, stop } = await startPodman('current', folder);
  const podman = join(path, 'podman');
  return {
    name: `Podman ${version}`,
    env: { HALOBOX_ENGINE: podman, TMPDIR: folder },
    plain: {
      name: 'podman build --layers --jobs',
      program: { command: podman, args: ['build', '--layers', `--jobs=${usualJobs()}`] },
    },
    stop,
  };
}
