import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Composed } from './compose.ts';
import { partBlocks } from './part-blocks.ts';
import { identityOf, type PartFacts, recallPart, rememberPart } from './remembered-parts.ts';

export interface WrittenPart extends PartFacts {
  name: string;
  /** Of its tar. */
  file: string;
  /** False where an image has it already. */
  written: boolean;
  /** What it is was remembered, and not computed from its bytes. */
  recalled: boolean;
}

interface Options {
  /** Where the tars go. */
  folder: string;
  /** Where it is remembered what they are. */
  cache: string;
  /** Whether what is remembered is asked for. */
  recall: boolean;
  /** Digest of each layer that contents are in, by the file of the host. */
  layers: ReadonlyMap<string, string>;
  /** Layers from the lowest on that need not be written, for each image that has some. */
  held: readonly (readonly string[])[];
  signal: AbortSignal;
}

/** Writes the tars of all parts but the lowest ones that an image has already. */
export async function writeParts(
  { tree, parts }: Composed,
  { folder, cache, recall, layers, held, signal }: Options,
): Promise<WrittenPart[]> {
  const written: WrittenPart[] = [];
  let still = held;
  for (const [at, { name, paths }] of parts.entries()) {
    const file = join(folder, String(at));
    const identity = identityOf(tree, paths, layers);
    const known = recall ? recallPart(cache, identity) : undefined;
    still = still.filter((image) => known !== undefined && image[at] === known.diffId);
    const lacking = known === undefined || still.length === 0;
    const found = lacking ? await writePart(partBlocks(tree, paths), file, known, signal) : known;
    if (known === undefined) rememberPart(cache, identity, found);
    written.push({ ...found, name, file, written: lacking, recalled: known !== undefined });
  }
  return written;
}

/** @param known what it is, where that is known: computing it takes longer than writing it. */
async function writePart(
  blocks: Iterable<Buffer>,
  file: string,
  known: PartFacts | undefined,
  signal: AbortSignal,
): Promise<PartFacts> {
  const hash = createHash('sha256');
  let size = 0;
  const into = await open(file, 'w');
  try {
    for (const block of blocks) {
      signal.throwIfAborted();
      if (known === undefined) hash.update(block);
      size += block.length;
      await into.writeFile(block);
    }
  } finally {
    await into.close();
  }
  return known ?? { diffId: `sha256:${hash.digest('hex')}`, size };
}
