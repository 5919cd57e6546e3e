import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDiamondCatalog } from '../support/diamond-catalog.ts';
import { eventOf, type HaloboxOptions, halobox } from '../support/halobox.ts';

interface Collected {
  applied: boolean;
  removals: { kind: string; what: string }[];
  left: unknown[];
}

/** Layers that nothing names any more go from the engine, and nothing else. */
export function collectsGarbage(options: () => HaloboxOptions, folder: () => string): void {
  test('gc shows and then removes the layers that were built anew since, and what is built stays', async () => {
    const directory = join(folder(), 'garbage');
    const here = { ...options(), directory };
    const build = async () => {
      const { exitCode, stdout } = await halobox(['build', basename(directory), '--json'], here);
      expect(exitCode).toBe(0);
      return eventOf(stdout, 'plan').layers;
    };
    // The cache that all engines share is none of this test's.
    const env = { ...options().env, XDG_CACHE_HOME: join(folder(), 'empty-cache') };
    const gc = async (...more: string[]): Promise<Collected> => {
      const { exitCode, stdout } = await halobox(['gc', '--days', '0', '--json', ...more], { ...here, env });
      expect(exitCode).toBe(0);
      return JSON.parse(stdout) as Collected;
    };
    const right = `echo ${randomUUID()}`;
    await writeDiamondCatalog(directory, { left: `echo ${randomUUID()}`, right });
    const before = await build();
    const old = before
      .filter(({ layer }) => layer === 'left')
      .map(({ key }) => `localhost/halobox/left:${key}`);
    expect((await gc()).removals.map(({ what }) => what)).not.toContain(old[0]);
    await writeDiamondCatalog(directory, { left: `echo ${randomUUID()}`, right });
    const after = await build();

    // As on a machine that got its layers out of a cache, and with a tree that nobody used for long.
    await rm(join(options().env.XDG_STATE_HOME!, 'halobox/layers', basename(directory)), { recursive: true });
    const trees = join(env.XDG_CACHE_HOME, 'halobox/trees');
    await mkdir(join(trees, 'old/tree'), { recursive: true });
    await writeFile(join(trees, 'old/tree/file'), 'old');

    const shown = await gc();
    expect(shown.applied).toBe(false);
    expect(shown.removals.map(({ what }) => what)).toContain(join(trees, 'old'));
    expect(shown.removals.map(({ what }) => what)).toContain(old[0]);
    expect((await gc()).removals).toEqual(shown.removals);
    const kept = after.map(({ layer, key }) => `localhost/halobox/${layer}:${key}`);
    for (const reference of kept) expect(shown.removals.map(({ what }) => what)).not.toContain(reference);
    expect(await gc('--apply')).toMatchObject({ applied: true, left: [] });
    expect(await readdir(trees)).toEqual([]);
    expect((await gc()).removals).toEqual([]);
    expect((await build()).at(-1)).toMatchObject({ layer: 'both', action: 'reuse' });
  });
}
