import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Tree } from './inode.ts';
import { partBlocks } from './part-blocks.ts';
import type { PartToSend } from './parts-to-send.ts';
import { rememberPart } from './remembered-parts.ts';

/**
 * Finds out what the tars of parts are of which that is not known, and remembers it. A layer in which one wheel of a hundred
 * is another is a new layer with the parts of the old one but for one: to read them once more takes a tenth of the time in
 * which an engine unpacks them.
 */
export async function computeParts(
  tree: Tree,
  parts: readonly PartToSend[],
  { cache, signal }: { cache: string; signal: AbortSignal },
): Promise<void> {
  for (const { paths, identity, known } of parts) {
    if (known !== undefined) continue;
    const hash = createHash('sha256');
    let size = 0;
    for (const block of partBlocks(tree, paths)) {
      hash.update(block);
      size += block.length;
      await turn();
      signal.throwIfAborted();
    }
    rememberPart(cache, identity, { diffId: `sha256:${hash.digest('hex')}`, size });
  }
}
