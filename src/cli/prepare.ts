import { gatherInputs, lockedVersions } from '../build/gather-inputs.ts';
import type { ImageBuild } from '../build/image-build.ts';
import { measureFiles } from '../build/measure-files.ts';
import { type Catalog, type CatalogImage, imageNamed, readCatalog } from '../catalog/catalog.ts';
import { readTemplates } from '../catalog/read-templates.ts';
import { lockForBuild } from '../lock/lock-for-build.ts';
import { InvalidInput, PatchConflict, UpstreamError } from '../model/error.ts';
import type { Lock } from '../model/lock.ts';
import { draftInputs } from '../plan/draft-inputs.ts';
import { possibleDecisions } from '../plan/rccl-choice.ts';
import { type Inputs, recipesOf } from '../plan/recipe.ts';
import { type Settings, settingsOf } from '../plan/settings.ts';
import { Renderer } from '../render/renderer.ts';
import type { Reporter } from '../report/event.ts';
import type { Upstream } from '../sources/upstream.ts';
import { upstreamOnDemand } from '../sources/upstream-on-demand.ts';
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

/** An image that can be rendered, as far as its own files and the flags say. */
interface Draft {
  image: CatalogImage;
  settings: Settings;
  renderer: Renderer;
  files: Inputs['files'];
  lock: Lock;
}

export interface PreparedImages {
  catalog: Catalog;
  images: readonly ImageBuild[];
  /** Why the first image that was left out was. */
  failure: UpstreamError | PatchConflict | undefined;
}

/**
 * From the command line to recipes: whatever is wrong with files, flags, sources or patches is said here, before any
 * engine is asked; and of the files and flags of any image before anything is fetched.
 * @param names of images; one that is there twice counts once.
 * @param keepGoing of several images leaves out, and tells, those whose sources or patches fail.
 * @throws InvalidInput (exit 2), also for an argument that one of the images does not have; UpstreamError (exit 3);
 *   PatchConflict (exit 4); Interrupted.
 */
export async function prepareImages(
  names: readonly string[],
  flags: InputFlags,
  surroundings: Surroundings,
  reporter: Reporter,
  { keepGoing = false } = {},
): Promise<PreparedImages> {
  const catalog = readCatalog(surroundings.root);
  const { templates, partials } = readTemplates(catalog.templates);
  const renderer = new Renderer(templates, partials);
  const wanted = [...new Set(names)].map((name) => imageNamed(catalog, name));
  const drafts = wanted.map((image): Draft => {
    const settings = settingsFor(image, flags, wanted.length > 1);
    return { image, settings, renderer, ...checked(image, settings, renderer, flags, reporter) };
  });
  const upstream = upstreamOnDemand(surroundings.env, async () => {
    const { openUpstream } = await import('../sources/open-upstream.ts');
    return openUpstream(surroundings, { offline: flags.frozen ?? false }).upstream;
  });
  const images: ImageBuild[] = [];
  let failure: PreparedImages['failure'];
  for (const one of drafts) {
    try {
      images.push(await bring(catalog, one, flags, upstream, surroundings, reporter));
    } catch (error) {
      const upstreamOrPatch = error instanceof UpstreamError || error instanceof PatchConflict;
      if (!keepGoing || drafts.length === 1 || !upstreamOrPatch) throw error;
      reporter.report({ event: 'failed', image: one.image.definition.image, why: error.message });
      failure ??= error;
    }
  }
  return { catalog, images, failure };
}

/** The same for one image. */
export async function prepare(
  name: string,
  flags: InputFlags,
  surroundings: Surroundings,
  reporter: Reporter,
): Promise<ImageBuild> {
  const { images } = await prepareImages([name], flags, surroundings, reporter);
  return images[0]!;
}

function settingsFor({ definition }: CatalogImage, flags: InputFlags, several: boolean): Settings {
  try {
    return settingsOf(definition, flags.set, flags.withoutSeries);
  } catch (error) {
    if (!several || !(error instanceof InvalidInput)) throw error;
    const next = `${error.facts.next} With several images each must know it; or name one at a time.`;
    throw new InvalidInput({ ...error.facts, next, cause: error });
  }
}

/** An image's own files, its lock and its templates, as far as they can be checked without its sources. */
function checked(
  image: CatalogImage,
  settings: Settings,
  renderer: Renderer,
  flags: InputFlags,
  reporter: Reporter,
): Pick<Draft, 'files' | 'lock'> {
  const files = measureFiles(image);
  const { lock, notes } = lockForBuild(image, (flags.locked || flags.frozen) ?? false);
  for (const text of notes) reporter.report({ event: 'note', text });
  for (const rccl of possibleDecisions(image.definition)) {
    recipesOf(image, draftInputs(image.definition, files, lockedVersions(lock), rccl), settings, renderer);
  }
  return { files, lock };
}

async function bring(
  catalog: Catalog,
  { image, settings, renderer, files, lock }: Draft,
  flags: InputFlags,
  upstream: Upstream,
  surroundings: Surroundings,
  reporter: Reporter,
): Promise<ImageBuild> {
  const offline = flags.frozen ?? false;
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
  return { image, settings, inputs, recipes: recipesOf(image, inputs, settings, renderer) };
}
