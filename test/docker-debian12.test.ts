import { afterAll, beforeAll, describe } from 'vitest';
import { type Docker, startDocker } from './engines/docker.ts';
import { buildsRdmaCheck } from './suites/builds-rdma-check.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

describe("Debian 12's Docker 20.10", () => {
  let workplace: Workplace;
  let docker: Docker;

  beforeAll(async () => {
    workplace = await openWorkplace();
    docker = await startDocker('debian12', workplace.folder);
  });
  afterAll(async () => {
    await docker?.stop();
    await workplace?.remove();
  });

  buildsRdmaCheck(() => ({ env: { ...workplace.env, ...docker.env } }));
});
