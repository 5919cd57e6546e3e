import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { contest, type Row } from '../contest.ts';
import { run } from '../measure.ts';
import type { BenchEngine } from './engine.ts';
import { haloboxProgram } from './halobox.ts';
import { withOwnShare } from './own-share.ts';

const root = join(import.meta.dirname, '../..');

/**
 * The default image as `npm start` builds it: once from nothing, which takes minutes and shows what of a long build is
 * halobox's own, and then with nothing to do. Its packages are locked anew, because Debian's archive keeps no old ones.
 */
export async function rdmaCheck(engine: BenchEngine, folder: string, rounds: number): Promise<Row[]> {
  const catalog = join(folder, 'rdma-check');
  for (const part of ['images', 'templates', 'patches']) {
    await cp(join(root, part), join(catalog, part), { recursive: true });
  }
  const halobox = (...args: string[]) => haloboxProgram(catalog, folder, args, engine.env);
  const build = (...args: string[]) => halobox('build', 'rdma-check', ...args);
  await run(halobox('resolve', 'rdma-check', '--upgrade', 'debian'));
  // Fetching and patching are another matter, and on the second engine done already.
  await run(halobox('render', 'rdma-check'));
  const whole = withOwnShare({ name: 'halobox build rdma-check, from nothing' }, async () => build('--json'));
  const first = await contest(whole, 1, 0);
  const again = { name: 'halobox build rdma-check, no change', aimSeconds: 0.3 };
  return [...first, ...(await contest([{ ...again, once: () => run(build()) }], rounds))];
}
