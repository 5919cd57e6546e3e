import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { digestOf } from '../registry/descriptor.ts';
import { touch } from '../store/touch.ts';
import { writeWhole } from '../store/write-file.ts';
import type { ReadLayer } from './read-layer.ts';

/** Goes up when what is known of a path is another than before. */
const listingVersion = 1;

/** A smaller tar is read again sooner than it is found out that its contents are needed. Bytes. */
const leastSize = 16 * 2 ** 20;

/** `sha256:<hex>` and a line break, in front of what it is the digest of. */
const headLength = 'sha256:'.length + 64 + 1;

/**
 * What is in a layer, without its contents: those of a base of gigabytes need not be read again when the parts that they
 * are in stay where they are. Of a small layer nothing is kept.
 */
export function rememberListing(cache: string, layer: ReadLayer): void {
  if (sizeOf(layer) < leastSize) return;
  // Not JSON: paths of one inode stay paths of one inode, and attributes are bytes.
  const content = serialize(layer);
  writeWhole(
    fileOf(cache, layer.diffId),
    Buffer.concat([Buffer.from(`${digestOf(content)}\n`, 'latin1'), content]),
  );
}

/** @param diffId digest of the layer's tar. @returns the layer without its tar; undefined where nothing is known of it. */
export function recallListing(cache: string, diffId: string): ReadLayer | undefined {
  const file = fileOf(cache, diffId);
  try {
    const bytes = readFileSync(file);
    const content = bytes.subarray(headLength);
    if (bytes.toString('latin1', 0, headLength - 1) !== digestOf(content)) return undefined;
    const layer = deserialize(content) as ReadLayer;
    layer.tar.file = undefined;
    touch(file);
    return layer;
  } catch {
    return undefined;
  }
}

function sizeOf({ files }: ReadLayer): number {
  return [...new Set(files.values())].reduce((sum, { size }) => sum + size, 0);
}

function fileOf(cache: string, diffId: string): string {
  return join(cache, 'listings', `${diffId.slice('sha256:'.length)}-${listingVersion}`);
}
