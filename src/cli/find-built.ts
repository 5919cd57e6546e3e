import { type Catalog, type CatalogImage, readCatalog } from '../catalog/catalog.ts';
import type { Engine, ImageFacts } from '../engine/engine.ts';
import { ExitCode, HaloboxError } from '../model/error.ts';
import { label } from '../plan/labels.ts';
import type { Surroundings } from './surroundings.ts';

export interface Found {
  facts: ImageFacts;
  catalog: Catalog;
  /** The catalog's image that it was built from; undefined when the catalog has none of that name. */
  image: CatalogImage | undefined;
}

/**
 * The built image that a person means: the newest release of a catalog's image, or any reference on the engine.
 * @throws HaloboxError (exit 1) when the engine has none.
 */
export async function findBuilt(name: string, engine: Engine, surroundings: Surroundings): Promise<Found> {
  const catalog = readCatalog(surroundings.root);
  const facts = (await newestRelease(name, engine)) ?? (await engine.inspectImage(name));
  if (!facts) {
    throw new HaloboxError(ExitCode.failed, {
      what: `there is no image ${name} here`,
      where: engine.endpoint,
      next: `Build it with: halobox build ${name.split(':')[0]}`,
    });
  }
  const built = facts.labels[label.image];
  return { facts, catalog, image: catalog.images.find(({ definition }) => definition.image === built) };
}

/** The newest image that carries the labels of a release of that name. */
async function newestRelease(name: string, engine: Engine): Promise<ImageFacts | undefined> {
  const images = (await engine.listImages(label.image, name)).filter(({ labels }) => label.version in labels);
  return images.toSorted((a, b) => released(b).localeCompare(released(a)))[0];
}

/** YYYYMMDD-HHMMSS. A tag with the time knows when; `created` is the time of the commit. */
function released({ tags, created }: ImageFacts): string {
  const times = tags.flatMap((tag) => /[0-9]{8}-[0-9]{6}(?![0-9])/.exec(tag) ?? []);
  return times.sort().at(-1) ?? created.replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
}
