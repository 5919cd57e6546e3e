import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeWhole } from '../store/write-file.ts';
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

interface Kept {
  halobox: string;
  fingerprint: string;
  images: ImageSummary[];
}

/**
 * The images of a catalog that was read and checked whole. While no file of it changes the answer of the last time is
 * given, which spares the loading of YAML and schema libraries: a shell that completes names asks this at every key.
 * @param halobox version of the program; another one may check more.
 * @throws InvalidInput as readCatalog does.
 */
export async function readSummaries(root: string, cache: string, halobox: string): Promise<ImageSummary[]> {
  const print = fingerprint(root);
  const file = join(cache, 'catalogs', `${createHash('sha256').update(resolve(root)).digest('hex')}.json`);
  const kept = read(file);
  if (kept?.fingerprint === print && kept.halobox === halobox) return kept.images;
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
  keep(file, { halobox, fingerprint: print, images });
  return images;
}

/** A cache folder that can't be written only costs the time of reading again. */
function keep(file: string, kept: Kept): void {
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
