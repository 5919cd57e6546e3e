import { ExitCode, HaloboxError } from '../../../model/error.ts';
import { applySeries, refuseConflict } from '../../../series/apply.ts';
import { type Surveyed, survey } from '../../../series/survey.ts';
import { writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import { type PatchOptions, patchCatalog } from './options.ts';
import { surveyDocument, surveyText } from './text.ts';

export interface ApplyFlags extends PatchOptions {
  allowDirty?: boolean;
}

export async function apply(options: ApplyFlags, surroundings: Surroundings): Promise<void> {
  const { signal, stdout, stderr } = surroundings;
  const { target, allowDirty = false } = options;
  const catalog = patchCatalog(options, surroundings);
  const before = await survey(options.tree, catalog, { wanted: options.series, target }, signal);
  const note = (text: string): boolean => stderr.write(`${text}\n`);
  const done: string[] = [];
  // A series that conflicts is seen before another one is applied, unless a killed run has to be repaired first.
  for (const one of before.series) {
    if (options.series.length > 0) refuseAbsent(one);
    if (!one.halfDone) refuseConflict(one);
  }
  for (const { series } of before.series) {
    const result = await applySeries(series, before.tree, { target, allowDirty, note }, signal);
    const now = result.patches.filter(({ verdict }) => verdict === 'applies').map(({ id }) => id);
    if (now.length > 0) done.push(`applied   ${series.definition.series}: ${now.join(', ')}\n`);
  }
  const after = await survey(options.tree, catalog, { wanted: options.series, target }, signal);
  if (options.json) writeDocument(surroundings, surveyDocument(after));
  else stdout.write(`${surveyText(after)}\n${done.join('') || 'nothing to apply\n'}`);
}

/** What was asked for by name and can't be done is a failure; otherwise there are always series for other trees. */
function refuseAbsent({ series, place }: Surveyed): void {
  if (place.state !== 'absent') return;
  throw new HaloboxError(ExitCode.failed, {
    what: `series ${series.definition.series} can't be applied: ${place.why}`,
    where: '--series',
    next: `${place.bring}; then apply again.`,
  });
}
