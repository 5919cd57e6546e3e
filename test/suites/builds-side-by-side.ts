import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { layerText } from '../../src/report/layer-name.ts';
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

  const several = (directory: string, ...args: string[]) =>
    halobox([...args, '--jobs', '2', '--json'], { ...options(), directory });
  /** As people read it, so that the right sides of two images are two. */
  const builtLayers = (stdout: string) =>
    eventsOf(stdout)
      .flatMap((event) => (event.event === 'layer-done' ? [layerText(event)] : []))
      .filter((layer) => layer !== 'base')
      .toSorted();
  const images = (stdout: string, kind: 'tagged' | 'done' | 'failed') =>
    eventsOf(stdout).flatMap((event) => (event.event === kind ? [event.image] : []));

  test('two images: what they share is built once, and each is released', async () => {
    const directory = join(folder(), 'two-images');
    const [left, right] = [work(), work()];
    await writeDiamondCatalog(directory, { left, right }, { 'the-other': { right: work() } });
    const { exitCode, stdout } = await several(directory, 'build', 'two-images', 'the-other');
    expect(exitCode).toBe(0);
    expect(builtLayers(stdout)).toEqual(
      ['left', 'the-other/both', 'the-other/right', 'two-images/both', 'two-images/right'].toSorted(),
    );
    expect(images(stdout, 'tagged')).toEqual(['two-images', 'the-other']);
    expect(images(stdout, 'done')).toEqual(['two-images', 'the-other']);
    for (const image of ['two-images', 'the-other']) {
      const inspected = await halobox(['inspect', image, '--json'], { ...options(), directory });
      expect(JSON.parse(inspected.stdout)).toMatchObject({ image, contract: { passed: true } });
    }
    const plan = await several(directory, 'plan', 'two-images', 'the-other');
    const { layers } = JSON.parse(plan.stdout) as { layers: Record<string, unknown>[] };
    expect(layers.filter(({ action }) => action === 'reuse')).toMatchObject([
      { layer: 'both', images: ['two-images'], where: 'this engine' },
      { layer: 'both', images: ['the-other'], where: 'this engine' },
    ]);
    // What one of them changes is no concern of the other, which is released as it is.
    await writeDiamondCatalog(directory, { left, right: work() }, { 'the-other': { right: work() } });
    const alone = await several(directory, 'build', 'two-images');
    expect(builtLayers(alone.stdout)).toEqual(['both', 'right']);
  });

  test('one image that fails keeps no other one from its release with --keep-going', async () => {
    const directory = join(folder(), 'one-of-two');
    const sides = { left: work(), right: work() };
    await writeDiamondCatalog(directory, sides, { broken: { right: `echo ${randomUUID()}; false` } });
    const both = ['build', 'broken', 'one-of-two'];
    const goesOn = await several(directory, ...both, '--keep-going');
    expect(goesOn.exitCode).toBe(6);
    expect(images(goesOn.stdout, 'tagged')).toEqual(['one-of-two']);
    expect(images(goesOn.stdout, 'done')).toEqual(['one-of-two']);
    expect(images(goesOn.stdout, 'failed')).toEqual(['broken']);
    expect(eventOf(goesOn.stdout, 'error').what).toMatch(/^layer broken\/right/);
    // Everything of the one is there; the other one's failure comes before its release.
    const stops = await several(directory, ...both);
    expect([stops.exitCode, images(stops.stdout, 'tagged')]).toEqual([6, []]);
    await writeDiamondCatalog(directory, sides, { broken: { right: work() } });
    const mended = await several(directory, ...both);
    expect([mended.exitCode, images(mended.stdout, 'tagged')]).toEqual([0, ['broken', 'one-of-two']]);
    expect(builtLayers(mended.stdout)).toEqual(['broken/both', 'broken/right']);
  });
}
