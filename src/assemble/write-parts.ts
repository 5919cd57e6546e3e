import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Composed } from './compose.ts';
import type { Tree } from './inode.ts';
import { partBlocks } from './part-blocks.ts';
import type { Part } from './parts.ts';
import { identityOf, type PartFacts, recallPart, rememberPart } from './remembered-parts.ts';

export interface WrittenPart extends PartFacts {
  name: string;
  /** Of its tar. */
  file: string;
  /** False where it is known what the tar is, and nobody needs it. */
  written: boolean;
}

interface Options {
  /** Where the tars go. */
  folder: string;
  /** Where it is remembered what they are. */
  cache: string;
  /** Digest of each layer that contents are in, by the file of the host. */
  layers: ReadonlyMap<string, string>;
  /** Layers from the lowest on that need not be written, for each image that has some. */
  held: readonly (readonly string[])[];
  signal: AbortSignal;
}

/** Writes the tars of all parts but the lowest ones that an image has already. */
export async function writeParts(
  { tree, parts }: Composed,
  { folder, cache, layers, held, signal }: Options,
): Promise<WrittenPart[]> {
  const written: WrittenPart[] = [];
  let still = held;
  for (const [at, part] of parts.entries()) {
    const file = join(folder, String(at));
    const identity = identityOf(tree, part.paths, layers);
    const known = recallPart(cache, identity);
    still = still.filter((image) => known !== undefined && image[at] === known.diffId);
    if (known !== undefined && still.length > 0) {
      written.push({ ...known, name: part.name, file, written: false });
      continue;
    }
    const facts = await writePart(tree, part, file, signal);
    rememberPart(cache, identity, facts);
    written.push({ ...facts, name: part.name, file, written: true });
  }
  return written;
}

/** Writes what was left out. */
export async function writeRest(
  { tree, parts }: Composed,
  written: readonly WrittenPart[],
  signal: AbortSignal,
): Promise<WrittenPart[]> {
  for (const [at, part] of parts.entries())
    if (!written[at]!.written) await writePart(tree, part, written[at]!.file, signal);
  return written.map((part) => ({ ...part, written: true }));
}

async function writePart(tree: Tree, { paths }: Part, file: string, signal: AbortSignal): Promise<PartFacts> {
  const hash = createHash('sha256');
  let size = 0;
  const into = await open(file, 'wx');
  try {
    for (const block of partBlocks(tree, paths)) {
      signal.throwIfAborted();
      hash.update(block);
      size += block.length;
      await into.writeFile(block);
    }
  } finally {
    await into.close();
  }
  return { diffId: `sha256:${hash.digest('hex')}`, size };
}
