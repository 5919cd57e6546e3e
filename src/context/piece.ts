/** Bytes of each piece of the stream, and so the most that is read ahead of whoever takes them. */
export const pieceSize = 256 * 1024;

/** The piece that is being filled. Each has its own memory, since whoever took the last one may still hold it. */
export class Piece {
  bytes = Buffer.allocUnsafeSlow(pieceSize);
  used = 0;

  get room(): number {
    return pieceSize - this.used;
  }

  take(): Buffer {
    const full = this.bytes.subarray(0, this.used);
    this.bytes = Buffer.allocUnsafeSlow(pieceSize);
    this.used = 0;
    return full;
  }

  *put(...parts: Buffer[]): Generator<Buffer> {
    for (let part of parts) {
      while (part.length > 0) {
        if (this.room === 0) yield this.take();
        const copied = part.copy(this.bytes, this.used);
        this.used += copied;
        part = part.subarray(copied);
      }
    }
  }
}
