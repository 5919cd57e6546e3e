import { readCatalog } from '../../catalog/catalog.ts';
import { table, writeDocument } from '../output.ts';
import type { Surroundings } from '../surroundings.ts';

export function images(options: { json?: boolean }, surroundings: Surroundings): void {
  const found = readCatalog(surroundings.root).images.map(({ definition }) => ({
    image: definition.image,
    version: definition.version,
    target: definition.target,
    title: definition.title,
    layers: Object.keys(definition.layers),
    arguments: definition.arguments,
    untested: definition.untested,
  }));
  if (options.json) {
    writeDocument(surroundings, found);
    return;
  }
  const rows = found.map(({ image, version, target, title }) => [image, version, target, title]);
  surroundings.stdout.write(table([['IMAGE', 'VERSION', 'TARGET', 'TITLE'], ...rows]));
}
