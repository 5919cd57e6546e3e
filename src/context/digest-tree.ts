import { createHash } from 'node:crypto';
import { openContext } from './open-context.ts';

/**
 * Hexadecimal sha256 over a folder's names, modes, symlink targets and contents, and nothing else of it: exactly over
 * the bytes that a context with this tree alone consists of, so a key changes when what an engine gets changes.
 */
export async function digestTree(from: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of openContext([{ kind: 'tree', path: '.', from }], { time: 0 })) hash.update(piece);
  return hash.digest('hex');
}
