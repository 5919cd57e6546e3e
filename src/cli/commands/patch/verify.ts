import { ExitCode, HaloboxError } from '../../../model/error.ts';
import { repair } from '../../../series/repair.ts';
import { survey } from '../../../series/survey.ts';
import { verifySeries } from '../../../series/verify.ts';
import { table, writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import { type PatchOptions, patchCatalog } from './options.ts';

export async function verify(options: PatchOptions, surroundings: Surroundings): Promise<void> {
  const { signal, stdout, stderr } = surroundings;
  const { target } = options;
  const catalog = patchCatalog(options, surroundings);
  const wanted = { wanted: options.series, target };
  const seen = await survey(options.tree, catalog, wanted, signal);
  await repair(seen, (text) => stderr.write(`${text}\n`));
  const found = await survey(options.tree, catalog, wanted, signal);
  // A series that nobody asked for, of a project that is not there, promises nothing.
  const asked = found.series.filter(({ verdict }) => options.series.length > 0 || verdict !== 'absent');
  const proofs = asked.map((one) => ({
    series: one.series.definition.series,
    proofs: verifySeries(one, target),
  }));
  if (options.json) writeDocument(surroundings, { tree: found.tree.root, target, series: proofs });
  else {
    const rows = proofs.flatMap(({ series, proofs: all }) =>
      all.map(({ id, verdict, kept, reason }) => [series, id, verdict, kept ? 'yes' : 'no', reason]),
    );
    stdout.write(table([['SERIES', 'PATCH', 'VERDICT', 'PROVED', 'WHY'], ...rows]));
  }
  const broken = proofs.flatMap(({ series, proofs: all }) =>
    all.filter(({ kept }) => !kept).map(({ id }) => `${series}/${id}`),
  );
  if (broken.length === 0) return;
  throw new HaloboxError(ExitCode.failed, {
    what: `the tree does not have what ${broken.length} of the patches promise`,
    where: { file: options.tree },
    inDocument: true,
    detail: broken,
    next: 'Apply them with `halobox patch apply`; what conflicts or is absent is shown by `halobox patch status`.',
  });
}
