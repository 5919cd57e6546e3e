import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fingerprint } from './fingerprint.ts';

/** What a list of images shows of each. */
export interface ImageSummary {
  image: string;
  version: string;
  target: string;
  title: string;
  layers: string[];
  arguments: Record<string, { description: string; values: string[]; default: string }>;
  untested: string[];
}

/** The catalog that was asked for last. */
interface Kept {
  halobox: string;
  root: string;
  fingerprint: string;
  images: ImageSummary[];
}

/**
 * The images of a catalog that was read and checked. While no file of it changes the answer of the last time is
 * given, which spares the loading of YAML and schema libraries: a shell that completes names asks this at every key.
 * @param halobox version of the program; another one may check more.
 * @throws InvalidInput as readCatalog does.
 */
export async function readSummaries(root: string, cache: string, halobox: string): Promise<ImageSummary[]> {
  const print = fingerprint(root);
  const file = join(cache, 'catalog.json');
  const whole = resolve(root);
  const kept = read(file);
  if (kept?.root === whole && kept.fingerprint === print && kept.halobox === halobox) return kept.images;
  const { readCatalog } = await import('./catalog.ts');
  const images = readCatalog(root).images.map(({ definition }) => ({
    image: definition.image,
    version: definition.version,
    target: definition.target,
    title: definition.title,
    layers: Object.keys(definition.layers),
    arguments: definition.arguments,
    untested: definition.untested,
  }));
  await keep(file, { halobox, root: whole, fingerprint: print, images });
  return images;
}

/** A cache folder that can't be written only costs the time of reading again. */
async function keep(file: string, kept: Kept): Promise<void> {
  const { writeWhole } = await import('../store/write-file.ts');
  try {
    writeWhole(file, JSON.stringify(kept));
  } catch {}
}

function read(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}
