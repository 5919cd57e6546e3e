import type { Composed } from './compose.ts';
import type { Part } from './parts.ts';
import { identityOf, type PartFacts, recallPart } from './remembered-parts.ts';

/** A part of a released image on its way into an engine. */
export interface PartToSend extends Part {
  /** By which it is remembered what its tar is. */
  identity: string;
  /** What is remembered. */
  known: PartFacts | undefined;
  /** False where an image of the engine has it already, and all parts below it. */
  sent: boolean;
}

interface Options {
  /** Where it is remembered what parts are; default: nothing is recalled. */
  cache?: string;
  /** Layers from the lowest on that need not be sent, for each image that has some; default: none. */
  held?: readonly (readonly string[])[];
}

/** All parts, and of which of them the lowest ones need not be sent. */
export function partsToSend({ tree, parts }: Composed, { cache, held = [] }: Options = {}): PartToSend[] {
  let still = held;
  return parts.map((part, at) => {
    const identity = identityOf(tree, part.paths);
    const known = cache === undefined ? undefined : recallPart(cache, identity);
    still = still.filter((image) => known !== undefined && image[at] === known.diffId);
    return { ...part, identity, known, sent: still.length === 0 };
  });
}
