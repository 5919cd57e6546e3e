import type { Readable } from 'node:stream';
import type { ContextEntry } from './entry.ts';
import { layOut } from './layout.ts';
import { piecewise } from './piecewise.ts';
import { tarBlocks } from './tar-blocks.ts';
import { walk } from './walk.ts';

export type { ContextEntry } from './entry.ts';

/**
 * A fresh tar stream of a build context. Equal contents give equal bytes, on any machine and in any order of entries:
 * sorted by the bytes of the paths, owner 0:0, one time, modes 0755 and 0644.
 *
 * Everything that goes wrong, also a wrong path, reaches the consumer as 'error': InvalidInput, or the file system's
 * own error. At most two pieces are read ahead of the consumer. Destroying the stream closes what is open.
 * @param options.time seconds since 1970, the time of every entry.
 */
export function openContext(entries: readonly ContextEntry[], options: { time: number }): Readable {
  return piecewise(context(entries, options.time));
}

function* context(entries: readonly ContextEntry[], time: number): Generator<Buffer, void> {
  if (!Number.isInteger(time) || time < 0 || time > 0o77777777777)
    throw new RangeError(`not a time that a tar header can hold: ${time}`);
  yield* tarBlocks(walk(layOut(entries)), time);
}
