import type { CatalogImage } from '../catalog/catalog.ts';
import type { Origin } from '../plan/labels.ts';
import type { Inputs, Recipe } from '../plan/recipe.ts';
import type { Settings } from '../plan/settings.ts';
import type { LayerCache } from '../registry/layer-cache.ts';

/** One image that is to be built. */
export interface ImageBuild {
  image: CatalogImage;
  inputs: Inputs;
  settings: Settings;
  /** Parents before children; the last one is released. */
  recipes: readonly Recipe[];
}

/** What holds for all images of a build. */
export interface BuildOptions {
  stateFolder: string;
  /** Where there is room for an image. */
  cacheFolder: string;
  /** When this build is made: goes into tags. */
  time: Date;
  /** What a released image tells of where it comes from. */
  originOf(image: string): Promise<Origin>;
  /** Most layers that are built at a time. */
  jobs: number;
  /** After a failure go on with the layers and images that do not depend on it. */
  keepGoing: boolean;
  /** Where layers may be had instead of built, and are put. */
  cache?: LayerCache | undefined;
}
