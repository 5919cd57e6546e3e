import { Readable } from 'node:stream';
import type { ContextEntry } from './entry.ts';
import { layOut } from './layout.ts';
import { pieceSize } from './piece.ts';
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
  const pieces = context(entries, options.time);
  return new Readable({
    highWaterMark: pieceSize,
    read() {
      // Reading is synchronous, so a consumer that is never full would hold up timers, signals and other streams.
      setImmediate(() => {
        if (this.destroyed) return;
        try {
          const { done, value } = pieces.next();
          this.push(done ? null : value);
        } catch (error) {
          this.destroy(error as Error);
        }
      });
    },
    destroy(error, done) {
      pieces.return(undefined);
      done(error);
    },
  });
}

function* context(entries: readonly ContextEntry[], time: number): Generator<Buffer, undefined> {
  if (!Number.isInteger(time) || time < 0 || time > 0o77777777777)
    throw new RangeError(`not a time that a tar header can hold: ${time}`);
  yield* tarBlocks(walk(layOut(entries)), time);
}
