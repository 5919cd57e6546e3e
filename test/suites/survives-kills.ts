import { randomInt, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eventually } from '../engines/eventually.ts';
import { imageFiles, type OverlayFolders } from '../engines/image-files.ts';
import { eventOf, eventsOf, type HaloboxOptions, halobox, startHalobox } from '../support/halobox.ts';
import { processesOf, processesWith } from '../support/processes.ts';
import { randomNumbers } from '../support/random.ts';
import {
  expectedOfTwoDiamonds,
  type Nonces,
  writeTwoDiamondsCatalog,
} from '../support/two-diamonds-catalog.ts';

export interface MortalEngine {
  /** Parts of the engine; each kills its part with SIGKILL and tells whether there was anything to kill. */
  victims: Readonly<Record<string, () => Promise<boolean>>>;
  /** Makes the engine answer again, as an init system does. */
  revive: () => Promise<void>;
  /** Undefined: there is no such image. */
  foldersOf: (reference: string) => Promise<OverlayFolders | undefined>;
  /** What of builds is still on the engine: containers, working containers and their mounts. */
  leftovers: () => Promise<string[]>;
}

/** On each engine; HALOBOX_TEST_KILLS has more of them in one run. */
const kills = Number(process.env.HALOBOX_TEST_KILLS ?? 15);
/** Every so many rounds the base is built anew too. */
const withBase = 10;

/**
 * SIGKILL at random moments of a build, of the tool and of the engine in turns. HALOBOX_TEST_SEED, which is printed,
 * draws the same moments again.
 */
export function survivesKills(
  options: () => HaloboxOptions,
  folder: () => string,
  engine: () => MortalEngine,
): void {
  test(`after each of ${kills} kills the next run ends well, and every layer is that of a clean build`, async () => {
    const seed = Number(process.env.HALOBOX_TEST_SEED ?? randomInt(2 ** 31));
    const random = randomNumbers(seed);
    const directory = join(folder(), 'killed');
    const image = basename(directory);
    const here = { ...options(), directory };
    const args = ['build', image, '--jobs', '2', '--json'];
    const { victims, revive, foldersOf, leftovers } = engine();
    const parts = ['halobox', ...Object.keys(victims)];
    const left = async () => ({
      onEngine: await leftovers(),
      folders: (await readdir(folder())).filter((name) => name.startsWith('halobox-')),
      builds: processesOf('HALOBOX_BUILD=', folder()),
    });
    const filesOf = async (reference: string, inside: string) => {
      const folders = await foldersOf(reference);
      return folders && imageFiles(folders, inside);
    };
    const referenceOf = (stdout: string, wanted: string) => {
      const { key } = eventOf(stdout, 'plan').layers.find(({ layer }) => layer === wanted)!;
      return `localhost/halobox/${wanted}:${key}`;
    };
    const clean = async (nonces: Nonces, version: string) => {
      await writeTwoDiamondsCatalog(directory, nonces, version);
      const start = performance.now();
      const ended = await halobox(args, here);
      expect(ended).toMatchObject({ exitCode: 0 });
      return { milliseconds: performance.now() - start, stdout: ended.stdout };
    };

    // Brings what the machine has to fetch; the next two are what moments are drawn over.
    await clean({ base: 'first', layers: 'first' }, '0.0.1');
    const whole = await clean({ base: 'second', layers: 'second' }, '0.0.2');
    const aboveBase = await clean({ base: 'second', layers: 'third' }, '0.0.3');
    const debian = await filesOf(referenceOf(whole.stdout, 'base'), 'usr');
    const released = await filesOf(`${image}:0.0.3`, 'usr');
    const before = await left();
    const lengths = [aboveBase, whole].map(({ milliseconds }) => Math.round(milliseconds));
    console.log(`kills within ${lengths.join(' or ')} ms, HALOBOX_TEST_SEED=${seed}`);

    let base = 'second';
    let continued = 0;
    for (let killed = 0, round = 1; killed < kills; round += 1) {
      const anew = round % withBase === 0;
      const part = parts[Math.floor(random() * parts.length)]!;
      const moment = Math.round(random() * lengths[anew ? 1 : 0]!);
      const at = `round ${round}, ${part} at ${moment} ms${anew ? ', with the base' : ''}, seed ${seed}`;
      if (anew) base = randomUUID();
      const nonces = { base, layers: randomUUID() };
      const version = `1.0.${round}`;
      await writeTwoDiamondsCatalog(directory, nonces, version);

      const running = startHalobox(args, here);
      let ended = false;
      running.finally(() => {
        ended = true;
      });
      // The moment is the point.
      await after(moment);
      let hit = false;
      await eventually(`there is something to kill, ${at}`, async () => {
        if (!ended) hit = part === 'halobox' ? running.kill('SIGKILL') : await victims[part]!();
        return ended || hit;
      });
      const { exitCode, signal, stdout } = await running;
      if (hit) killed += 1;
      if (signal !== 'SIGKILL') expect([0, 6], `${at}: ${stdout}`).toContain(exitCode);
      await revive();
      const checked = eventsOf(wholeLines(String(stdout))).some(({ event }) => event === 'contract-done');
      if (!checked) expect(await foldersOf(`${image}:${version}`), `tagged too early, ${at}`).toBeUndefined();

      const next = await halobox(args, here);
      expect(next.exitCode, `${at}:\n${next.stdout}${next.stderr}`).toBe(0);
      const { layers } = eventOf(next.stdout, 'layers');
      const states = new Set(layers.flatMap(({ layer, state }) => (layer === 'base' ? [] : [state])));
      if (states.has('built') && states.has('reused')) continued += 1;
      const expected = expectedOfTwoDiamonds(nonces);
      for (const { layer } of layers) {
        const reference = referenceOf(next.stdout, layer);
        expect(await filesOf(reference, 'made'), `${layer}, ${at}`).toEqual(expected.get(layer));
        if (anew && layer === 'base') expect(await filesOf(reference, 'usr'), at).toEqual(debian);
      }
      expect(await filesOf(`${image}:${version}`, 'made'), at).toEqual(expected.get('top'));
      expect(await filesOf(`${image}:${version}`, 'usr'), at).toEqual(released);
      expect(processesWith(nonces.layers), at).toEqual([]);
      expect(await left(), at).toEqual(before);
    }
    // Of those that were cut in two, the rest alone was built.
    expect(continued).toBeGreaterThan(kills / 10);
  });
}

/** Of what a killed process wrote, its last line may be a part. */
const wholeLines = (stdout: string) => stdout.slice(0, stdout.lastIndexOf('\n') + 1);
