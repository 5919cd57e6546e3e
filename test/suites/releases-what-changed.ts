import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Started } from '../engines/started.ts';
import { writeEnvironmentCatalog } from '../support/environment-catalog.ts';
import { firstDifference } from '../support/first-difference.ts';
import { eventOf, type HaloboxOptions, halobox } from '../support/halobox.ts';

/** Large enough for a part of its own. Bytes. */
const size = 6_000_000;
const before = { dist_a: 1, dist_b: 2, dist_c: 3, dist_d: 4 };
const after = { ...before, dist_c: 30 };

/**
 * A release that was put together from an earlier one's parts and what changed is the one that comes of nothing.
 * @param startAgain an engine of the same kind and version.
 */
export function releasesWhatChanged(
  options: () => HaloboxOptions,
  folder: () => string,
  startAgain: (parent: string) => Promise<Started>,
): void {
  test('an update is the same image as one that is put together from nothing', async () => {
    const parent = join(folder(), 'update');
    await mkdir(parent);
    const directory = join(parent, 'wheels');
    const release = async (distributions: Readonly<Record<string, number>>, env: HaloboxOptions['env']) => {
      await rm(directory, { recursive: true, force: true });
      await writeEnvironmentCatalog(directory, distributions, size);
      const { exitCode, stdout } = await halobox(['build', 'wheels', '--json'], { env, directory });
      expect(exitCode, stdout).toBe(0);
      return eventOf(stdout, 'assembled').layers;
    };
    const mine = options().env;
    const first = await release(before, mine);
    const update = await release(after, mine);
    const changed = update.filter(({ diffId }) => !first.some((layer) => layer.diffId === diffId));
    expect(changed.map(({ name }) => name)).toEqual(['environment/dist-c']);
    const engine = await startAgain(parent);
    try {
      const fresh = { XDG_CACHE_HOME: join(parent, 'cache'), XDG_STATE_HOME: join(parent, 'state') };
      // Nothing of it is in the image; made anew it would take half a minute.
      const rootfs = 'halobox/rootfs';
      await mkdir(join(fresh.XDG_CACHE_HOME, 'halobox'), { recursive: true });
      await execa('cp', ['-al', join(mine.XDG_CACHE_HOME!, rootfs), join(fresh.XDG_CACHE_HOME, rootfs)]);
      const others = { ...mine, ...engine.env, ...fresh };
      await release(after, others);
      const digests = async (env: HaloboxOptions['env']) => {
        const { stdout } = await halobox(['inspect', 'wheels:1.0.0', '--json'], { env });
        const { id, layers } = JSON.parse(stdout) as { id: string; layers: string[] };
        return { id, layers };
      };
      const [one, other] = [await digests(mine), await digests(others)];
      expect(one.layers).toEqual(update.map(({ diffId }) => diffId));
      if (one.id === other.id && one.layers.join() === other.layers.join()) return;
      throw new Error(`what differs: ${await firstDifference('wheels:1.0.0', [mine, others], parent)}`);
    } finally {
      await engine.stop();
      await rm(parent, { recursive: true, force: true });
    }
  });
}
