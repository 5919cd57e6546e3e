import { readSummaries } from '../../catalog/summaries.ts';
import { table, writeDocument } from '../output.ts';
import type { Surroundings } from '../surroundings.ts';

export async function images(options: { json?: boolean }, surroundings: Surroundings): Promise<void> {
  const found = await readSummaries(surroundings.root, surroundings.folders.cache, surroundings.version);
  if (options.json) {
    writeDocument(surroundings, found);
    return;
  }
  const rows = found.map(({ image, version, target, title }) => [image, version, target, title]);
  surroundings.stdout.write(table([['IMAGE', 'VERSION', 'TARGET', 'TITLE'], ...rows]));
}
