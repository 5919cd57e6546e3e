import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Podman, startPodman } from './engines/podman.ts';
import { buildsRdmaCheck } from './suites/builds-rdma-check.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

describe("Debian 12's Podman 4.3", () => {
  let workplace: Workplace;
  let podman: Podman;

  beforeAll(async () => {
    workplace = await openWorkplace();
    podman = await startPodman('debian12', workplace.folder);
  });
  afterAll(async () => {
    await podman?.stop();
    await workplace?.remove();
  });

  buildsRdmaCheck(() => ({
    env: { ...workplace.env, ...podman.env, HALOBOX_ENGINE: join(podman.path, 'podman') },
  }));
});
