import { gatherInputs, lockedVersions, measureFiles } from '../build/gather-inputs.ts';
import { type Catalog, type CatalogImage, imageNamed, readCatalog } from '../catalog/catalog.ts';
import { readTemplates } from '../catalog/read-templates.ts';
import { lockForBuild } from '../lock/lock-for-build.ts';
import { draftInputs } from '../plan/draft-inputs.ts';
import { possibleDecisions } from '../plan/rccl-choice.ts';
import { type Inputs, type Recipe, recipesOf } from '../plan/recipe.ts';
import { type Settings, settingsOf } from '../plan/settings.ts';
import { Renderer } from '../render/renderer.ts';
import type { Reporter } from '../report/event.ts';
import { openUpstream } from '../sources/open-upstream.ts';
import type { Surroundings } from './surroundings.ts';

/** The flags that decide what an image is built from; `render`, `plan` and `build` share them. */
export interface InputFlags {
  set: string[];
  withoutSeries: string[];
  base?: 'debootstrap' | 'oci';
  freshBase?: boolean;
  locked?: boolean;
  frozen?: boolean;
  json?: boolean;
}

export interface Prepared {
  catalog: Catalog;
  image: CatalogImage;
  settings: Settings;
  inputs: Inputs;
  recipes: readonly Recipe[];
}

/**
 * From the command line to recipes: whatever is wrong with files, flags, sources or patches is said here, before any
 * engine is asked.
 * @param catalog for those who have read it already.
 */
export async function prepare(
  name: string,
  flags: InputFlags,
  surroundings: Surroundings,
  reporter: Reporter,
  catalog: Catalog = readCatalog(surroundings.root),
): Promise<Prepared> {
  const image = imageNamed(catalog, name);
  const settings = settingsOf(image.definition, flags.set, flags.withoutSeries);
  const { templates, partials } = readTemplates(catalog.templates);
  const renderer = new Renderer(templates, partials);
  const files = measureFiles(image);
  const { lock, notes } = lockForBuild(image, (flags.locked || flags.frozen) ?? false);
  for (const text of notes) reporter.report({ event: 'note', text });
  for (const rccl of possibleDecisions(image.definition)) {
    recipesOf(image, draftInputs(image.definition, files, lockedVersions(lock), rccl), settings, renderer);
  }
  const offline = flags.frozen ?? false;
  const { upstream } = openUpstream(surroundings, { offline });
  const options = {
    offline,
    upstream,
    forcedBase: flags.base,
    freshBase: flags.freshBase ?? false,
    cache: surroundings.folders.cache,
    now: surroundings.now().getTime(),
    env: surroundings.env,
  };
  const { signal } = surroundings;
  const inputs = await gatherInputs(catalog, image, lock, files, settings, options, reporter, signal);
  return { catalog, image, settings, inputs, recipes: recipesOf(image, inputs, settings, renderer) };
}
