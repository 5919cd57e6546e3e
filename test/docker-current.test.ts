import Dockerode from 'dockerode';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Docker, startDocker } from './engines/docker.ts';
import { stepsOfDocker } from './engines/executed-steps.ts';
import { bakes } from './suites/bakes.ts';
import { buildsOnlyWhatChanged } from './suites/builds-only-what-changed.ts';
import { buildsRdmaCheck } from './suites/builds-rdma-check.ts';
import { buildsSideBySide } from './suites/builds-side-by-side.ts';
import { buildsTheSameAgain } from './suites/builds-the-same-again.ts';
import { collectsGarbage } from './suites/collects-garbage.ts';
import { failsOnTheEngine } from './suites/fails-on-the-engine.ts';
import { isolates } from './suites/isolates.ts';
import { releasesWhatChanged } from './suites/releases-what-changed.ts';
import { runsPacked } from './suites/runs-packed.ts';
import { stopsCleanly } from './suites/stops-cleanly.ts';
import { survivesKills } from './suites/survives-kills.ts';
import type { HaloboxOptions } from './support/halobox.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

describe('Docker 28', () => {
  let workplace: Workplace;
  let docker: Docker;
  const folder = () => workplace.folder;
  const options = (): HaloboxOptions => ({ env: { ...workplace.env, ...docker.env } });
  const containers = async () => {
    const all = await new Dockerode({ socketPath: docker.socket }).listContainers({ all: true });
    return all.map(({ Id }) => Id).sort();
  };

  beforeAll(async () => {
    workplace = await openWorkplace();
    docker = await startDocker('current', workplace.folder);
  });
  afterAll(async () => {
    await docker?.stop();
    await workplace?.remove();
  });

  buildsRdmaCheck(options);
  buildsTheSameAgain(options, folder, (parent) => startDocker('current', parent));
  releasesWhatChanged(options, folder, (parent) => startDocker('current', parent));
  isolates(options, folder);
  buildsSideBySide(options, folder);
  collectsGarbage(options, folder);
  bakes(options, folder, () => docker.env);
  buildsOnlyWhatChanged(options, folder, () => stepsOfDocker(docker.socket));
  runsPacked(options, folder);
  stopsCleanly(options, folder, containers);
  survivesKills(options, folder, () => ({
    victims: {
      dockerd: async () => {
        await docker.crash();
        return true;
      },
    },
    revive: docker.restart,
    foldersOf: docker.foldersOf,
    leftovers: containers,
  }));
  failsOnTheEngine(
    options,
    folder,
    (parent) => startDocker('current', parent),
    (engine) => engine.crash(),
  );
});
