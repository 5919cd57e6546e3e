import type { LeavesOut } from '../engine/engine.ts';
import type { Composed } from './compose.ts';
import type { LayerTar, Tree } from './inode.ts';
import type { Part } from './parts.ts';
import { identityOf, type PartFacts, recallPart } from './remembered-parts.ts';

/** A part of a released image on its way into an engine. */
export interface PartToSend extends Part {
  /** By which it is remembered what its tar is. */
  identity: string;
  /** What is remembered. */
  known: PartFacts | undefined;
  /** False where an image of the engine has it already. */
  sent: boolean;
}

interface Options {
  /** Where it is remembered what parts are; default: nothing is recalled. */
  cache?: string;
  /** Digests of layers from the lowest on, of each image of the engine that may have some of the parts; default: none. */
  held?: readonly (readonly string[])[];
  leavesOut?: LeavesOut;
}

/** All parts, and which of them need not be sent. */
export function partsToSend(
  { tree, parts }: Composed,
  { cache, held = [], leavesOut = 'none' }: Options = {},
): PartToSend[] {
  const anywhere = new Set(held.flat());
  let alike = held;
  return parts.map((part, at) => {
    const identity = identityOf(tree, part.paths);
    const known = cache === undefined ? undefined : recallPart(cache, identity);
    alike = alike.filter((image) => known !== undefined && image[at] === known.diffId);
    const leftOut = {
      none: false,
      lowest: alike.length > 0,
      any: known !== undefined && anywhere.has(known.diffId),
    };
    return { ...part, identity, known, sent: !leftOut[leavesOut] };
  });
}

/** The tars that hold the contents of what is sent. */
export function tarsOf(tree: Tree, parts: readonly PartToSend[]): LayerTar[] {
  const paths = parts.flatMap(({ sent, paths }) => (sent ? paths : []));
  const inodes = paths.map((path) => tree.get(path)!);
  return [...new Set(inodes.filter(({ size }) => size > 0).map(({ content }) => content.tar))];
}
