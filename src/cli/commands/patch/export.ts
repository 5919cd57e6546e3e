import { exportSeries } from '../../../series/export.ts';
import { findTree } from '../../../series/find-tree.ts';
import { writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import { oneSeries, type PatchOptions, patchCatalog } from './options.ts';

export interface ExportFlags extends PatchOptions {
  patchTag: string;
}

export async function exportPatches(options: ExportFlags, surroundings: Surroundings): Promise<void> {
  const { signal, stdout } = surroundings;
  const catalog = patchCatalog(options, surroundings);
  const series = oneSeries(options, catalog);
  const tree = await findTree(options.tree, [series.project], signal);
  const { target, patchTag } = options;
  const done = await exportSeries(series, tree, { target, tag: patchTag }, signal);
  if (options.json) {
    writeDocument(surroundings, done);
    return;
  }
  const lines = done.files.map((name) => `wrote     ${done.folder}/${name}`);
  for (const { id, reason } of done.left) lines.push(`left out  ${id}: ${reason}`);
  lines.push(`smrev     ${done.smrev.file}: ${done.smrev.text.trim().replaceAll('\n', ' ')}`);
  lines.push(`next      python3 build_tools/fetch_sources.py --patch-tag ${patchTag}`);
  stdout.write(`${lines.join('\n')}\n`);
}
