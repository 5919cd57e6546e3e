import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contender, contest, type Row } from '../contest.ts';
import { outputOf, type Program, run, type Sample } from '../measure.ts';
import { changed, image, writeCatalog, writeNonce } from './catalog.ts';
import type { BenchEngine } from './engine.ts';
import { haloboxProgram } from './halobox.ts';
import { oneContainerfile, type RenderedLayer } from './one-containerfile.ts';
import { withOwnShare } from './own-share.ts';
import { sameFiles } from './same-files.ts';

/** An image of twelve layers beside the same stages in one Containerfile. */
export async function diamond(engine: BenchEngine, folder: string, rounds: number): Promise<Row[]> {
  const { halobox, plain, change } = await twoWays(engine, folder);
  await run(halobox('build'));
  await run(plain);
  await sameFiles(engine, [`${image}:1.0.0`, plainTag], folder);
  const beside = (what: string, aims: Partial<Contender>, layer?: string): Contender[] => {
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
        once: changing('halobox', () => run(halobox('build'))),
      },
      { name: reference, once: changing('plain', () => run(plain)) },
    ];
  };
  const quick = await contest(
    [...beside('no change', { aimSeconds: 0.3 }), ...beside('one layer changed', { aim: 0.5 }, changed)],
    rounds,
  );
  const [whole, plainly] = beside('from nothing', {}, 'base') as [Contender, Contender];
  const [full, share] = withOwnShare(whole, async () => {
    await change('halobox', 'base', randomUUID());
    return halobox('build', '--json');
  });
  return [...quick, ...(await contest([full, share, plainly], Math.min(rounds, 3)))];
}

const plainTag = 'plain:1';

/** The same image, with nothing built yet: halobox on its catalog, and the engine on one Containerfile. */
async function twoWays({ env, plain }: BenchEngine, folder: string) {
  const catalog = join(folder, 'catalog');
  const context = join(folder, 'context');
  await writeCatalog(catalog);
  const halobox = (command: string, ...args: string[]): Program =>
    haloboxProgram(catalog, folder, [command, image, ...args], env);
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
