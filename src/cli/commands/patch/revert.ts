import { revertSeries } from '../../../series/revert.ts';
import { survey } from '../../../series/survey.ts';
import { writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import { type PatchOptions, patchCatalog } from './options.ts';
import { surveyDocument, surveyText } from './text.ts';

export async function revert(options: PatchOptions, surroundings: Surroundings): Promise<void> {
  const { signal, stdout, stderr } = surroundings;
  const { target } = options;
  const catalog = patchCatalog(options, surroundings);
  const before = await survey(options.tree, catalog, { wanted: options.series, target }, signal);
  const note = (text: string): boolean => stderr.write(`${text}\n`);
  const done: string[] = [];
  for (const { series } of [...before.series].reverse()) {
    const { reverted } = await revertSeries(series, before.tree, { target, note }, signal);
    if (reverted.length > 0) done.push(`reverted  ${series.definition.series}: ${reverted.join(', ')}\n`);
  }
  const after = await survey(options.tree, catalog, { wanted: options.series, target }, signal);
  if (options.json) writeDocument(surroundings, surveyDocument(after));
  else stdout.write(`${surveyText(after)}\n${done.join('') || 'nothing to revert\n'}`);
}
