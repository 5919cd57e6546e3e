import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type KnownBad, knownBadSchema } from '../model/coherence.ts';
import { InvalidInput, type Place, placeText } from '../model/error.ts';
import { type Image, imageSchema } from '../model/image.ts';
import { seriesOf } from '../model/source.ts';
import { checkImage } from './check-image.ts';
import { checkSources } from './check-sources.ts';
import { type CatalogSeries, readSeries, seriesNames } from './read-series.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

export interface CatalogImage {
  /** `images/<image>` */
  folder: string;
  definition: Image;
  /** Builds that are not to be chosen, from known-bad.yaml beside image.yaml. */
  knownBad: readonly KnownBad[];
  /** Place of the value at a path of image.yaml, for messages. */
  place: (path: readonly PropertyKey[]) => Place;
}

/** All images, and what they need of `templates/` and `patches/`, read and checked. */
export interface Catalog {
  /** The folder that holds the three. */
  root: string;
  images: readonly CatalogImage[];
  /** Those that sources of images name. */
  series: ReadonlyMap<string, CatalogSeries>;
  templates: string;
}

/**
 * Reads the whole catalog but for series that no image uses, which keep no build back: `halobox patch` reads all.
 * @param root the folder that holds the three; messages name files below it.
 * @throws InvalidInput with file:line:column for the first thing that is not right.
 */
export function readCatalog(root: string): Catalog {
  if (!existsSync(join(root, 'images'))) {
    throw new InvalidInput({
      what: 'there is no folder images',
      where: { file: root },
      next: 'Name the folder that holds images/, templates/ and patches/ with -C.',
    });
  }
  const known = seriesNames(root);
  const series = new Map<string, CatalogSeries>();
  const templates = join(root, 'templates');
  const found = folders(join(root, 'images')).map((folder) => ({
    folder,
    yaml: readYamlFile(join(folder, 'image.yaml'), imageSchema),
  }));
  refuseDuplicates(found.map(({ yaml }) => yaml));
  const images = found.map(({ folder, yaml }) => {
    checkImage(folder, yaml, templates);
    const bad = join(folder, 'known-bad.yaml');
    const knownBad = existsSync(bad) ? readYamlFile(bad, knownBadSchema) : undefined;
    checkSources(yaml, known, knownBad);
    const named = Object.values(yaml.value.sources).flatMap(seriesOf);
    for (const name of named) if (!series.has(name)) series.set(name, readSeries(root, name));
    return { folder, definition: yaml.value, knownBad: knownBad?.value ?? [], place: yaml.place };
  });
  return { root, images, series, templates };
}

/** @throws InvalidInput when there is no such image; names those that there are. */
export function imageNamed(catalog: Catalog, name: string): CatalogImage {
  const image = catalog.images.find(({ definition }) => definition.image === name);
  if (image) return image;
  const known = catalog.images.map(({ definition }) => definition.image).join(', ');
  throw new InvalidInput({
    what: `there is no image ${JSON.stringify(name)}`,
    where: { file: join(catalog.root, 'images') },
    next: known ? `Known images: ${known}.` : 'The folder holds no image.',
  });
}

function folders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(parent, entry.name))
    .sort();
}

function refuseDuplicates(files: readonly YamlFile<Image>[]): void {
  const first = new Map<string, YamlFile<Image>>();
  for (const file of files) {
    const earlier = first.get(file.value.image);
    if (earlier) {
      throw new InvalidInput({
        what: `image ${file.value.image} is declared twice; the other is ${placeText(earlier.place(['image']))}`,
        where: file.place(['image']),
        next: 'Give each image its own name, equal to the name of its folder.',
      });
    }
    first.set(file.value.image, file);
  }
}
