import { Readable } from 'node:stream';
import { pieceSize } from './piece.ts';

/**
 * A stream of pieces that are made as they are read, at most two ahead of the consumer. What goes wrong while one is made
 * reaches the consumer as 'error'; destroying the stream ends the generator.
 */
export function piecewise(pieces: Generator<Buffer, void>): Readable {
  return new Readable({
    highWaterMark: pieceSize,
    read() {
      // Pieces are made synchronously, so a consumer that is never full would hold up timers, signals and other streams.
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
      pieces.return();
      done(error);
    },
  });
}
