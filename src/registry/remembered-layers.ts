import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { touch } from '../store/touch.ts';
import { writeWhole } from '../store/write-file.ts';
import { type Descriptor, descriptorSchema } from './descriptor.ts';

/**
 * As which blob a layer of an engine's image was pulled or pushed: engines keep layers unpacked, and packing gigabytes
 * again only to find them in the registry would take minutes.
 * @param diffId digest of the unpacked layer.
 */
export function recallLayer(cache: string, diffId: string): Descriptor | undefined {
  const file = fileOf(cache, diffId);
  try {
    const blob = descriptorSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    touch(file);
    return blob;
  } catch {
    return undefined;
  }
}

export function rememberLayer(cache: string, diffId: string, { mediaType, digest, size }: Descriptor): void {
  writeWhole(fileOf(cache, diffId), JSON.stringify({ mediaType, digest, size }));
}

function fileOf(cache: string, diffId: string): string {
  return join(cache, 'layers', `${diffId.slice('sha256:'.length)}.json`);
}
