import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDocker } from './engines/docker.ts';
import { startPodman } from './engines/podman.ts';
import type { Started } from './engines/started.ts';
import { writeDemoCatalog } from './support/demo-catalog.ts';
import { eventOf, eventsOf, type HaloboxOptions, halobox } from './support/halobox.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';
import { type Registry, startRegistry } from './upstream/registry.ts';

const engines: Record<string, (parent: string) => Promise<Started>> = {
  'docker-20': async (parent) => startDocker('debian12', parent),
  'docker-28': async (parent) => startDocker('current', parent),
  'docker-28-containerd': async (parent) => startDocker('current', parent, { containerdStore: true }),
  'podman-4': async (parent) => podmanOf(await startPodman('debian12', parent)),
  'podman-5': async (parent) => podmanOf(await startPodman('current', parent)),
};

/** By its path: an engine that the machine has of its own is passed over. */
function podmanOf({ path, env, stop }: Awaited<ReturnType<typeof startPodman>>): Started {
  return { env: { ...env, HALOBOX_ENGINE: join(path, 'podman') }, stop };
}

const names = Object.keys(engines);

describe('a registry as a cache of layers', () => {
  let workplace: Workplace;
  let registry: Registry;
  const running = new Map<string, Started>();

  beforeAll(async () => {
    workplace = await openWorkplace();
    registry = await startRegistry(workplace.folder);
    for (const [name, start] of Object.entries(engines)) running.set(name, await start(workplace.folder));
  });
  afterAll(async () => {
    for (const engine of running.values()) await engine.stop();
    await registry?.close();
    await workplace?.remove();
  });

  /** The image that an engine builds for the others; one step of it tells it apart. */
  const catalogOf = async (name: string) => {
    const directory = join(workplace.folder, `of-${name}`);
    return writeDemoCatalog(directory, `echo ${name} > /made-by && echo step-ran`);
  };
  const cache = () => `${registry.host}/team/layers`;
  const build = async (on: string, directory: string, ...args: string[]) => {
    const { env } = running.get(on)!;
    const options: HaloboxOptions = { env: { ...workplace.env, ...env }, directory };
    const { exitCode, stdout, stderr } = await halobox(
      ['build', basename(directory), '--json', ...args],
      options,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  };
  const notes = (stdout: string) =>
    eventsOf(stdout).flatMap((event) =>
      event.event === 'note' && /cache/.test(event.text) ? [event.text] : [],
    );

  test.each(names)(
    '%s builds and puts its layers there, and the second time finds them there',
    async (name) => {
      const directory = await catalogOf(name);
      const stdout = await build(name, directory, '--cache-to', cache());
      expect(notes(stdout)).toEqual([]);
      expect(eventOf(stdout, 'done')).toMatchObject({ built: 2 });
      const stored = eventsOf(stdout).flatMap((event) =>
        event.event === 'layer-stored' ? [event.layer] : [],
      );
      expect(stored).toContain('step');
      const again = await build(name, directory, '--cache-to', cache());
      expect(eventsOf(again).filter(({ event }) => event === 'layer-stored')).toEqual([]);
    },
  );

  test.each(
    names.flatMap((name) => names.filter((other) => other !== name).map((other) => [name, other] as const)),
  )('%s takes what %s has built, and runs no step', async (name, other) => {
    const stdout = await build(name, join(workplace.folder, `of-${other}`), '--cache-from', cache());
    expect(notes(stdout)).toEqual([]);
    const { layers } = eventOf(stdout, 'plan');
    expect(layers.map(({ layer, action }) => [layer, action])).toEqual([
      ['base', 'unneeded'],
      ['step', 'reuse'],
    ]);
    expect(eventOf(stdout, 'layer-fetched')).toMatchObject({ layer: 'step', from: cache() });
    expect(eventsOf(stdout).filter(({ event }) => event.startsWith('step-'))).toEqual([]);
    expect(eventOf(stdout, 'contract-done')).toMatchObject({ passed: true });
  });

  test.each(names)('what %s has built, all release as the same image', async (name) => {
    const ids = await Promise.all(
      names.map(async (engine) => {
        const env = { ...workplace.env, ...running.get(engine)!.env };
        const { stdout } = await halobox(['inspect', `of-${name}:1.0.0`, '--json'], { env });
        const { id, layers } = JSON.parse(stdout) as { id: string; layers: string[] };
        // It calls an image by its manifest, which is another document.
        return { id: engine === 'docker-28-containerd' ? 'its own' : id, layers: layers.join() };
      }),
    );
    expect(new Set(ids.map(({ layers }) => layers)).size).toBe(1);
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2);
  });

  test.each(['docker-28', 'podman-5'])('%s builds what a damaged cache has, and says so', async (name) => {
    const directory = join(workplace.folder, `damaged-${name}`);
    await writeDemoCatalog(directory, `echo damaged ${name} && echo step-ran`);
    const other = name === 'podman-5' ? 'podman-4' : 'docker-20';
    await build(other, directory, '--cache-to', cache());
    // The blobs alone: manifests and names stay.
    await rm(join(registry.folder, 'data/docker/registry/v2/repositories/team/layers/_layers'), {
      recursive: true,
    });
    // A cache of its own, in which no earlier fetch has left blobs.
    const fresh = join(workplace.folder, `fresh-${name}`);
    const { env } = running.get(name)!;
    const { exitCode, stdout } = await halobox(
      ['build', basename(directory), '--json', '--cache-from', cache()],
      { env: { ...workplace.env, ...env, XDG_CACHE_HOME: fresh }, directory },
    );
    expect(exitCode).toBe(0);
    expect(notes(stdout)).toEqual([expect.stringMatching(/is not used: layer (step|base): .*404/)]);
    expect(eventOf(stdout, 'done').built).toBeGreaterThan(0);
  });
});
