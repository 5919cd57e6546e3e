import { Readable } from 'node:stream';

/** What ends a stream early is told in halobox's words, wherever it is read. Bytes stay bytes. */
export function explainedStream(stream: Readable, explain: (error: unknown) => unknown): Readable {
  async function* read() {
    try {
      yield* stream;
    } catch (error) {
      throw explain(error);
    }
  }
  return Readable.from(read(), { objectMode: false });
}
