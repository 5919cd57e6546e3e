import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogImage } from '../catalog/catalog.ts';
import type { Inputs } from '../plan/recipe.ts';

/** Bytes that are read at a time. */
const piece = 2 ** 18;

/** Digests of the image's own files; cheap, because they are on this machine. */
export function measureFiles({ folder, definition }: CatalogImage): Inputs['files'] {
  const paths = Object.values(definition.layers).flatMap(({ files }) =>
    files.map(({ from }) => join(folder, 'files', from)),
  );
  // One for all: a buffer for each file, as large as the file, is garbage that V8 stops the program to collect.
  const buffer = Buffer.allocUnsafe(piece);
  return new Map(paths.map((path) => [path, measure(path, buffer)]));
}

function measure(path: string, buffer: Buffer): { sha256: string; executable: boolean } {
  const file = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
      hash.update(buffer.subarray(0, read));
    return { sha256: hash.digest('hex'), executable: (fstatSync(file).mode & 0o100) !== 0 };
  } finally {
    closeSync(file);
  }
}
