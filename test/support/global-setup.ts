import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureDebianPackages } from '../engines/debian-packages.ts';
import { halobox, repository } from './halobox.ts';
import { openWorkplace } from './workplace.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Layers of rdma-check as `render` tells them, once for the whole run, before any engine. */
    rendered: { layer: string; key: string }[];
  }
}

/**
 * Brings to this machine what all engines share: mmdebstrap, a root file system and, for the time of the tests, a lock of
 * today (Debian's archive keeps no old versions, and the tests build from it), and RCCL's patched source.
 * @returns what puts the lock back that was there.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureDebianPackages(['mmdebstrap', 'git']);
  const workplace = await openWorkplace();
  const lock = join(repository, 'images/rdma-check/lock.json');
  const before = await readFile(lock);
  const restore = () => writeFile(lock, before);
  try {
    const resolved = await halobox(['resolve', 'rdma-check', '--upgrade', 'debian'], { env: workplace.env });
    if (resolved.exitCode !== 0) throw new Error(resolved.stderr);
    const args = ['render', 'rdma-check', '--fresh-base', '--set', 'kernels=all-reduce', '--json'];
    const { exitCode, stdout, stderr } = await halobox(args, { env: workplace.env });
    if (exitCode !== 0) throw new Error(stderr);
    const layers = JSON.parse(stdout) as { layer: string; key: string }[];
    project.provide(
      'rendered',
      layers.map(({ layer, key }) => ({ layer, key })),
    );
  } catch (error) {
    await restore();
    throw error;
  } finally {
    await workplace.remove();
  }
  return restore;
}
