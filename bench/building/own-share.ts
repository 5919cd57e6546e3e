import type { ReportEvent } from '../../src/report/event.ts';
import type { Contender } from '../contest.ts';
import { type Program, runAndWatch, type Sample } from '../measure.ts';

/**
 * A contender that builds, and one behind it that tells what of its time was halobox's own.
 * @param begin a `halobox build --json` for each round.
 */
export function withOwnShare(contender: Contender, begin: () => Promise<Program>): [Contender, Contender] {
  let own: Sample | undefined;
  const build = async () => {
    own = undefined;
    const sample = await withOwnSeconds(await begin());
    own = { seconds: sample.own, peak: 0 };
    return sample;
  };
  const share = async () => {
    if (own === undefined) throw new Error('the build before it failed');
    return own;
  };
  return [
    { ...contender, once: build },
    {
      name: 'of it its own share: wall while no layer is built, and CPU of its process while layers are',
      against: contender.name,
      aim: 0.02,
      once: share,
    },
  ];
}

/**
 * Runs a `halobox build --json` and says what of its wall time is its own and not the engine's work on layers: the wall
 * time while no layer is being built (start, catalog, plan, contract, tags, and whatever lies between layers), and the
 * CPU time of its process while layers are built (contexts, progress), as if nothing of that could be hidden behind the
 * engine's work.
 */
async function withOwnSeconds(program: Program): Promise<Sample & { own: number }> {
  let layers = 0;
  let since = { seconds: 0, cpu: 0 };
  let building = 0;
  let cpuBeside = 0;
  const sample = await runAndWatch(program, (line, seconds, cpu) => {
    const { event } = JSON.parse(line) as ReportEvent;
    if (event === 'layer-started' && layers++ === 0) since = { seconds, cpu: cpu() };
    else if (event === 'layer-done' && --layers === 0) {
      building += seconds - since.seconds;
      cpuBeside += cpu() - since.cpu;
    }
  });
  return { seconds: sample.seconds, peak: sample.peak, own: sample.seconds - building + cpuBeside };
}
