import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { changed, image, writeCatalog, writeNonce } from './building/catalog.ts';
import { type BenchEngine, dockerEngine, podmanEngine } from './building/engine.ts';
import { oneContainerfile, type RenderedLayer } from './building/one-containerfile.ts';
import { ownShare, withOwnSeconds } from './building/own-share.ts';
import { sameFiles } from './building/same-files.ts';
import { type Contender, contest, type Row } from './contest.ts';
import { outputOf, type Program, run, type Sample } from './measure.ts';

const bundle = join(import.meta.dirname, '../dist/halobox.cjs');

export interface Built {
  engine: string;
  rows: readonly Row[];
}

/**
 * Builds of an image of twelve layers beside those of the same stages in one Containerfile, on engines of its own.
 * @param atEnd told what must be undone, also when the bench is stopped.
 */
export async function building(
  folder: string,
  rounds: number,
  atEnd: (undo: () => Promise<void>) => void,
): Promise<Built[]> {
  const engines = { Docker: dockerEngine, Podman: podmanEngine };
  const built: Built[] = [];
  for (const [name, start] of Object.entries(engines)) {
    const reason = unavailable();
    if (reason !== undefined) {
      built.push({ engine: name, rows: [{ name: 'halobox build', missing: reason }] });
      continue;
    }
    const home = join(folder, name.toLowerCase());
    await mkdir(home);
    const starting = start(home);
    atEnd(async () => (await starting.catch(() => undefined))?.stop());
    const engine = await starting;
    try {
      built.push({ engine: engine.name, rows: await onEngine(engine, home, rounds) });
    } finally {
      await engine.stop();
    }
  }
  return built;
}

function unavailable(): string | undefined {
  if (process.getuid?.() !== 0) return 'not available: engines of its own need root';
  return existsSync(bundle) ? undefined : 'not available: run npm run build';
}

async function onEngine(engine: BenchEngine, folder: string, rounds: number): Promise<Row[]> {
  const { halobox, plain, change } = await twoWays(engine, folder);
  await run(halobox('build'));
  await run(plain);
  await sameFiles(engine, [`${image}:1.0.0`, plainTag], folder);
  let own: Sample | undefined;
  const beside = (what: string, aims: Partial<Contender>, layer?: string, once = run): Contender[] => {
    const reference = `${engine.plain.name}, ${what}`;
    const changing = (side: 'halobox' | 'plain', build: () => Promise<Sample>) => async () => {
      if (layer !== undefined) await change(side, layer, randomUUID());
      return build();
    };
    return [
      {
        name: `halobox build, ${what}`,
        against: reference,
        ...aims,
        once: changing('halobox', () => once(halobox('build'))),
      },
      { name: reference, once: changing('plain', () => run(plain)) },
    ];
  };
  const quick = await contest(
    [...beside('no change', { aimSeconds: 0.3 }), ...beside('one layer changed', { aim: 0.5 }, changed)],
    rounds,
  );
  const whole = beside('from nothing', {}, 'base', async () => {
    const sample = await withOwnSeconds(halobox('build', '--json'));
    own = { seconds: sample.own, peak: 0 };
    return sample;
  });
  const share = {
    name: `of it its ${ownShare}`,
    against: whole[0]!.name,
    aim: 0.02,
    once: async () => own ?? failed(),
  };
  const [full, ...others] = whole as [Contender, ...Contender[]];
  return [...quick, ...(await contest([full, share, ...others], Math.min(rounds, 3)))];
}

function failed(): never {
  throw new Error('the build before it failed');
}

const plainTag = 'plain:1';

/** The same image, with nothing built yet: halobox on its catalog, and the engine on one Containerfile. */
async function twoWays({ env, plain }: BenchEngine, folder: string) {
  const catalog = join(folder, 'catalog');
  const context = join(folder, 'context');
  await writeCatalog(catalog);
  const halobox = (...args: string[]): Program => ({
    command: process.execPath,
    args: [bundle, '-C', catalog, args[0]!, image, ...args.slice(1)],
    env: { ...env, XDG_CACHE_HOME: cacheFolder, XDG_STATE_HOME: join(folder, 'state') },
  });
  const rendered = JSON.parse(
    await outputOf(halobox('render', '--json', '--out', context)),
  ) as RenderedLayer[];
  await writeFile(join(context, 'Containerfile'), oneContainerfile(rendered));
  const words = ['--network=none', `--tag=${plainTag}`, `--file=${join(context, 'Containerfile')}`, context];
  return {
    halobox,
    plain: { ...plain.program, args: [...plain.program.args, ...words] },
    change: (side: 'halobox' | 'plain', layer: string, nonce: string) =>
      side === 'halobox'
        ? writeNonce(catalog, layer, nonce)
        : writeFile(join(context, layer, 'nonce'), `${nonce}\n`),
  };
}

/** Where the tests have the root file system that mmdebstrap makes. */
const cacheFolder = process.env.HALOBOX_TEST_CACHE || join(homedir(), '.cache', 'halobox-test');
