import type { TestProject } from 'vitest/node';
import { ensureDebianPackages } from '../engines/debian-packages.ts';
import { halobox } from './halobox.ts';
import { openWorkplace } from './workplace.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Layers of rdma-check as `render` tells them, once for the whole run, before any engine. */
    rendered: { layer: string; key: string }[];
  }
}

/** Brings to this machine what all engines share: mmdebstrap, the root file system, RCCL's patched source. */
export default async function setup(project: TestProject): Promise<void> {
  await ensureDebianPackages(['mmdebstrap', 'git']);
  const workplace = await openWorkplace();
  try {
    const args = ['render', 'rdma-check', '--set', 'kernels=all-reduce', '--json'];
    const { exitCode, stdout, stderr } = await halobox(args, { env: workplace.env });
    if (exitCode !== 0) throw new Error(stderr);
    const layers = JSON.parse(stdout) as { layer: string; key: string }[];
    project.provide(
      'rendered',
      layers.map(({ layer, key }) => ({ layer, key })),
    );
  } finally {
    await workplace.remove();
  }
}
