import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stepsOfPodman } from './engines/executed-steps.ts';
import { type Podman, startPodman } from './engines/podman.ts';
import { buildsByHand } from './suites/builds-by-hand.ts';
import { buildsOnlyWhatChanged } from './suites/builds-only-what-changed.ts';
import { buildsRdmaCheck } from './suites/builds-rdma-check.ts';
import { buildsSideBySide } from './suites/builds-side-by-side.ts';
import { buildsTheSameAgain } from './suites/builds-the-same-again.ts';
import { collectsGarbage } from './suites/collects-garbage.ts';
import { failsOnTheEngine } from './suites/fails-on-the-engine.ts';
import { failsWithoutSeries } from './suites/fails-without-series.ts';
import { isolates } from './suites/isolates.ts';
import { releasesWhatChanged } from './suites/releases-what-changed.ts';
import { stopsCleanly } from './suites/stops-cleanly.ts';
import { survivesKills } from './suites/survives-kills.ts';
import { writeDemoCatalog } from './support/demo-catalog.ts';
import { type HaloboxOptions, halobox } from './support/halobox.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

describe('Podman 5.8', () => {
  let workplace: Workplace;
  let podman: Podman;
  const folder = () => workplace.folder;
  /** By its path: an engine that the machine has of its own is passed over. */
  const envOf = ({ path, env }: Podman) => ({ ...env, HALOBOX_ENGINE: join(path, 'podman') });
  const options = (): HaloboxOptions => ({ env: { ...workplace.env, ...envOf(podman) } });
  const startAnother = async (parent: string) => {
    const other = await startPodman('current', parent);
    return { env: envOf(other), crash: other.crash, stop: other.stop };
  };
  const run = async (...args: string[]) =>
    (await execa(join(podman.path, 'podman'), args)).stdout.split('\n');
  const leftovers = async () => {
    const containers = await run('ps', '--all', '--external', '--quiet');
    const mounts = await run('mount', '--notruncate');
    // It lists none where a build that was cut off left one that is broken.
    await run('images', '--all', '--quiet');
    return [...containers, ...mounts].filter(Boolean).sort();
  };

  beforeAll(async () => {
    workplace = await openWorkplace();
    podman = await startPodman('current', workplace.folder);
  });
  afterAll(async () => {
    await podman?.stop();
    await workplace?.remove();
  });

  buildsRdmaCheck(options);
  buildsTheSameAgain(options, folder, startAnother);
  releasesWhatChanged(options, folder, startAnother);
  // Before the builds by hand: their images take the tags and have no keys.
  buildsOnlyWhatChanged(options, folder, () => stepsOfPodman(join(podman.path, 'podman')));
  buildsByHand(options, folder, () => podman.env);
  failsWithoutSeries(options);
  isolates(options, folder);
  buildsSideBySide(options, folder);
  collectsGarbage(options, folder);
  stopsCleanly(options, folder, leftovers);
  survivesKills(options, folder, () => ({
    victims: {
      'podman build': async () => podman.crash(' build '),
      'podman system service': async () => podman.crash(' system service '),
    },
    // Each call is a Podman of its own.
    revive: async () => {},
    foldersOf: podman.foldersOf,
    leftovers,
  }));
  describe('an image that a killed build left without its manifest', () => {
    const listed = () => run('images', '--all', '--quiet', '--no-trunc');
    /** podman looks at it where another one has the same layers. */
    const leave = async (...labels: string[]) => {
      const context = await mkdtemp(join(folder(), 'broken-'));
      await writeFile(join(context, 'Containerfile'), 'FROM scratch\nCOPY Containerfile /\n');
      const words = ['build', '--quiet', '--layers=false', ...labels.map((one) => `--label=${one}`), context];
      const broken = (await run(...words)).at(-1)!;
      const [storage] = await run('info', '--format={{.Store.GraphRoot}}');
      await rm(join(storage!, 'overlay-images', broken, 'manifest'));
      const whole = (await run(...words)).at(-1)!;
      await rm(context, { recursive: true });
      await expect(listed()).rejects.toThrow('locating item named "manifest"');
      return { broken, whole };
    };

    test("keeps nobody from listing halobox's", async () => {
      const { broken, whole } = await leave('io.halobox.key=none');
      const { exitCode, stdout, stderr } = await halobox(['gc', '--json'], options());
      expect(exitCode, `${stdout}${stderr}`).toBe(0);
      expect(await listed()).not.toContain(`sha256:${broken}`);
      await run('rmi', whole);
    });

    test('is gone for everybody after a build that was cut off', async () => {
      const { broken, whole } = await leave();
      const directory = await writeDemoCatalog(join(folder(), 'failing'), 'exit 3');
      expect((await halobox(['build', 'failing'], { ...options(), directory })).exitCode).toBe(6);
      expect(await listed()).not.toContain(`sha256:${broken}`);
      await run('rmi', whole);
    });
  });
  failsOnTheEngine(options, folder, startAnother, async (other) => {
    other.crash(' build ');
  });
});
