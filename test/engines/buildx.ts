import { join } from 'node:path';
import { execa } from 'execa';
import { forkyRoot } from './forky-root.ts';

/** @returns stdout. */
export async function buildx(
  args: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<string> {
  const [command, ...words] = await buildxCommand();
  const { stdout } = await execa(command, [...words, ...args], {
    cwd,
    env: { ...env, BUILDX_CONFIG: join(cwd, '.buildx') },
  });
  return stdout;
}

/**
 * The first words of today's `docker buildx` as a program of its own, out of the system that the current engines are
 * from; started by that system's dynamic linker, because it wants a newer C library than this machine may have.
 */
export async function buildxCommand(): Promise<readonly [string, ...string[]]> {
  const root = await forkyRoot();
  return [
    join(root, 'lib64/ld-linux-x86-64.so.2'),
    '--library-path',
    join(root, 'usr/lib/x86_64-linux-gnu'),
    join(root, 'usr/libexec/docker/cli-plugins/docker-buildx'),
  ];
}
