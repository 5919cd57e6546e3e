import { PatchConflict } from '../../../model/error.ts';
import { survey } from '../../../series/survey.ts';
import { writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import { type PatchOptions, patchCatalog } from './options.ts';
import { surveyDocument, surveyText } from './text.ts';

export async function status(options: PatchOptions, surroundings: Surroundings): Promise<void> {
  const wanted = { wanted: options.series, target: options.target };
  const found = await survey(options.tree, patchCatalog(options, surroundings), wanted, surroundings.signal);
  if (options.json) writeDocument(surroundings, surveyDocument(found));
  else surroundings.stdout.write(surveyText(found));
  const conflicts = found.series.filter(({ verdict }) => verdict === 'conflict');
  if (conflicts.length === 0) return;
  throw new PatchConflict({
    what: `${conflicts.map(({ series }) => series.definition.series).join(', ')} ${conflicts.length === 1 ? 'does' : 'do'} not fit this tree`,
    where: { file: options.tree },
    inDocument: true,
    next: 'Rework the patch for this tree; docs/patching.md tells how.',
  });
}
