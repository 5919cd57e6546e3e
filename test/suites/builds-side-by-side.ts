import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDiamondCatalog } from '../support/diamond-catalog.ts';
import { eventOf, eventsOf, type HaloboxOptions, halobox } from '../support/halobox.ts';

/** Layers that do not depend on each other, on one engine. */
export function buildsSideBySide(options: () => HaloboxOptions, folder: () => string): void {
  const build = (directory: string, ...more: string[]) =>
    halobox(['build', basename(directory), '--jobs', '2', '--json', ...more], { ...options(), directory });
  const marks = (stdout: string) =>
    eventsOf(stdout).flatMap((event) =>
      // Another image's build may have made the base: layers are the same in every image.
      (event.event === 'layer-started' || event.event === 'layer-done') && event.layer !== 'base'
        ? [`${event.event} ${event.layer}`]
        : [],
    );
  const outcomes = (stdout: string) =>
    Object.fromEntries(eventOf(stdout, 'layers').layers.map(({ layer, state }) => [layer, state]));
  // Its own words each time, so that no cache of the engine answers.
  const work = () => `echo ${randomUUID()}; sleep 2`;

  test('both sides of a diamond are built at the same time, its top after them', async () => {
    const directory = join(folder(), 'side-by-side');
    await writeDiamondCatalog(directory, { left: work(), right: work() });
    const { exitCode, stdout } = await build(directory);
    expect(exitCode).toBe(0);
    const order = marks(stdout);
    expect(order.slice(0, 2).sort()).toEqual(['layer-started left', 'layer-started right']);
    expect(order.slice(2, 4).sort()).toEqual(['layer-done left', 'layer-done right']);
    expect(order.slice(4)).toEqual(['layer-started both', 'layer-done both']);
  });

  test('a failure lets the other side end, and the next run goes on from there', async () => {
    const directory = join(folder(), 'one-side-fails');
    const right = work();
    await writeDiamondCatalog(directory, { left: `echo ${randomUUID()}; false`, right });
    const failed = await build(directory);
    expect(failed.exitCode).toBe(6);
    expect(outcomes(failed.stdout)).toMatchObject({ left: 'failed', right: 'built', both: 'skipped' });
    expect(eventOf(failed.stdout, 'error').what).toMatch(/^layer left/);
    await writeDiamondCatalog(directory, { left: work(), right });
    const next = await build(directory);
    expect(next.exitCode).toBe(0);
    expect(outcomes(next.stdout)).toMatchObject({
      base: 'reused',
      left: 'built',
      right: 'reused',
      both: 'built',
    });
  });

  test('two runs at once build each layer once, and both end well', async () => {
    const directory = join(folder(), 'two-at-once');
    await writeDiamondCatalog(directory, { left: work(), right: work() });
    const runs = await Promise.all([build(directory), build(directory)]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const built = runs.flatMap(({ stdout }) => marks(stdout).filter((mark) => mark.startsWith('layer-done')));
    expect(built.toSorted()).toEqual(['both', 'left', 'right'].map((layer) => `layer-done ${layer}`));
  });
}
