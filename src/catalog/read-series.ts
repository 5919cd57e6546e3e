import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import semver from 'semver';
import { InvalidInput } from '../model/error.ts';
import { type Series, seriesSchema } from '../model/series.ts';
import { inside } from './inside.ts';
import { readYamlFile } from './yaml-file.ts';

interface PatchFile {
  id: string;
  /** Path of the patch file on the host. */
  file: string;
}

/** A series as it stands in the catalog, with its patch files found. */
export interface CatalogSeries {
  definition: Series;
  patches: readonly PatchFile[];
  /** sha256 over the series: its targets, version range and the patches' bytes in order. */
  digest: string;
}

/**
 * @param folder `patches/<series>`
 * @throws InvalidInput with file:line:column.
 */
export function readSeries(folder: string): CatalogSeries {
  const yaml = readYamlFile(join(folder, 'series.yaml'), seriesSchema);
  const definition = yaml.value;
  if (definition.series !== basename(folder)) {
    throw new InvalidInput({
      what: `the series is called ${definition.series} but stands in ${basename(dirname(folder))}/${basename(folder)}`,
      where: yaml.place(['series']),
      next: 'Give both the same name.',
    });
  }
  if (semver.validRange(definition.versions) === null) {
    throw new InvalidInput({
      what: `${JSON.stringify(definition.versions)} is not a range of versions`,
      where: yaml.place(['versions']),
      next: 'Write a range such as ">=5.4.3 <5.5.0".',
    });
  }
  const hash = createHash('sha256').update(JSON.stringify([definition.targets, definition.versions]));
  const patches = definition.patches.map((patch, index) => {
    const file = inside(folder, patch.file, yaml.place(['patches', index, 'file']));
    hash.update(`\0${patch.id}\0`).update(readFileSync(file));
    return { id: patch.id, file };
  });
  return { definition, patches, digest: hash.digest('hex') };
}
