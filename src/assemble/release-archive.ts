import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { endOfArchive } from '../context/header.ts';
import { piecewise } from '../context/piecewise.ts';
import { fileHeader, type ImageForm } from './archive-entries.ts';
import type { AssembledLayer } from './image-config.ts';
import type { Tree } from './inode.ts';
import { partBlocks, partSize } from './part-blocks.ts';
import type { PartToSend } from './parts-to-send.ts';
import type { PartFacts } from './remembered-parts.ts';

/** A part that was sent, or that the engine has. */
export type ReleasedPart = AssembledLayer & PartFacts;

interface Options {
  form: ImageForm;
  /** The image's config, when it is known what its parts are. */
  configOf(parts: readonly ReleasedPart[]): Buffer;
  /** Told of each part whose tar was computed. */
  computed(identity: string, facts: PartFacts): void;
}

/**
 * The released image as an archive, its parts made while the engine reads: none of them lies on the disk, and what they
 * are called stands after them.
 * @returns `parts`, which has all of them when the archive was read.
 */
export function releaseArchive(
  tree: Tree,
  parts: readonly PartToSend[],
  options: Options,
): { archive: Readable; parts: readonly ReleasedPart[] } {
  const released: ReleasedPart[] = [];
  return { archive: piecewise(entries(tree, parts, released, options)), parts: released };
}

function* entries(
  tree: Tree,
  parts: readonly PartToSend[],
  released: ReleasedPart[],
  { form, configOf, computed }: Options,
): Generator<Buffer, void> {
  for (const [at, { name, paths, identity, known, sent }] of parts.entries()) {
    const facts = sent ? yield* partEntry(fileOf(at), tree, paths, known) : known!;
    if (facts !== known) computed(identity, facts);
    released.push({ name, ...facts });
  }
  const archived = released.map((facts, at) => ({
    ...facts,
    file: parts[at]!.sent ? fileOf(at) : undefined,
  }));
  yield* form(configOf(released), archived);
  yield endOfArchive;
}

/** By its digest it would have to be known before its content. */
function fileOf(at: number): string {
  return `${at}.tar`;
}

/** @param known what it is, where that is known: computing that takes longer than sending it. */
function* partEntry(
  file: string,
  tree: Tree,
  paths: readonly string[],
  known: PartFacts | undefined,
): Generator<Buffer, PartFacts> {
  const size = partSize(tree, paths);
  yield fileHeader(file, size);
  const hash = createHash('sha256');
  for (const block of partBlocks(tree, paths)) {
    if (known === undefined) hash.update(block);
    yield block;
  }
  return known ?? { diffId: `sha256:${hash.digest('hex')}`, size };
}
