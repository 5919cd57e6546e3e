import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Dockerode from 'dockerode';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDocker } from './engines/docker.ts';
import { type Podman, startPodman } from './engines/podman.ts';
import { noise, writeEnvironmentCatalog } from './support/environment-catalog.ts';
import { halobox } from './support/halobox.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';
import { type Counting, countPulls } from './upstream/counting.ts';
import { type Registry, startRegistry } from './upstream/registry.ts';

const size = 10_000_000;
const names = [...'abcdefghijklmnopqrstu'].map((letter) => `dist_${letter}`);
const before = Object.fromEntries(names.map((name, index) => [name, index + 1]));
const after = { ...before, dist_k: 100 };

interface Puller {
  pull(reference: string): Promise<unknown>;
  stop(): Promise<void>;
}

const pullers: Record<string, (parent: string) => Promise<Puller>> = {
  'Podman 5.8': async (parent) => {
    const { path, stop } = await startPodman('current', parent);
    const pull = (reference: string) =>
      execa(join(path, 'podman'), ['pull', '--quiet', '--tls-verify=false', reference]);
    return { pull, stop };
  },
  "Docker 28 with containerd's store": async (parent) => {
    const { socket, stop } = await startDocker('current', parent, { containerdStore: true });
    const docker = new Dockerode({ socketPath: socket });
    const pull = async (reference: string) => {
      const progress = await docker.pull(reference);
      await new Promise((done, failed) =>
        docker.modem.followProgress(progress, (error, events) => (error ? failed(error) : done(events))),
      );
    };
    return { pull, stop };
  },
};

/** An image of 210 MB, of which one distribution of 10 MB changes; beside it the same files as people write it by hand. */
describe('what an update makes people pull', () => {
  let workplace: Workplace;
  let builder: Podman;
  let registry: Registry;
  let counting: Counting;

  beforeAll(async () => {
    workplace = await openWorkplace();
    registry = await startRegistry(workplace.folder);
    counting = await countPulls(registry.host);
    builder = await startPodman('current', workplace.folder);
    for (const [tag, distributions] of Object.entries({ before, after })) await publish(tag, distributions);
  });
  afterAll(async () => {
    await builder?.stop();
    await counting?.close();
    await registry?.close();
    await workplace?.remove();
  });

  const podman = (...args: string[]) => execa(join(builder.path, 'podman'), args);
  const push = (image: string, name: string) =>
    podman('push', '--quiet', '--tls-verify=false', image, `${registry.host}/${name}`);

  async function publish(tag: string, distributions: Readonly<Record<string, number>>): Promise<void> {
    const directory = join(workplace.folder, 'environment');
    const files = await writeEnvironmentCatalog(directory, distributions, size);
    const env = { ...workplace.env, ...builder.env, HALOBOX_ENGINE: join(builder.path, 'podman') };
    const { exitCode, stderr } = await halobox(['build', 'environment'], { env, directory });
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    await push('environment:1.0.0', `assembled:${tag}`);
    const context = join(workplace.folder, 'by-hand');
    await mkdir(context);
    await cp(files, context, { recursive: true });
    await writeFile(
      join(context, 'Dockerfile'),
      'FROM scratch AS build\nCOPY opt /opt\nFROM scratch\nCOPY --from=build /opt /opt\nCOPY start /start\n',
    );
    await podman('build', '--quiet', '--tag', 'by-hand', context);
    await push('by-hand', `by-hand:${tag}`);
    await rm(context, { recursive: true });
    await rm(directory, { recursive: true });
  }

  test.each(Object.entries(pullers))('%s pulls what changed and nothing else', async (_, start) => {
    const puller = await start(workplace.folder);
    const bytes = async (name: string): Promise<number> => {
      counting.reset();
      await puller.pull(`${counting.host}/${name}`);
      return counting.given();
    };
    try {
      expect(await bytes('assembled:before')).toBeGreaterThan(names.length * size);
      const component = gzipSync(noise(after.dist_k, size)).length;
      const update = await bytes('assembled:after');
      expect(update).toBeGreaterThan(component);
      expect(update).toBeLessThanOrEqual(1.05 * component);
      await bytes('by-hand:before');
      const byHand = await bytes('by-hand:after');
      console.log(
        `update: ${update} bytes, of one image by hand ${byHand}: ${(byHand / update).toFixed(1)}×`,
      );
      expect(byHand).toBeGreaterThan(10 * update);
    } finally {
      await puller.stop();
    }
  });
});
