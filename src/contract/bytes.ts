import { Malformed } from './malformed.ts';

/**
 * A stretch of little-endian bytes out of an untrusted file. Every read is checked against its end, so that no
 * offset or size in the file can reach outside.
 */
export class Bytes {
  readonly buffer: Buffer;
  /** For messages: what these bytes are. */
  readonly what: string;

  constructor(buffer: Buffer, what: string) {
    this.buffer = buffer;
    this.what = what;
  }

  get size(): number {
    return this.buffer.length;
  }

  part(offset: number, size: number, what: string): Bytes {
    this.#demand(offset, size, what);
    return new Bytes(this.buffer.subarray(offset, offset + size), what);
  }

  u8(offset: number): number {
    this.#demand(offset, 1);
    return this.buffer.readUInt8(offset);
  }

  u16(offset: number): number {
    this.#demand(offset, 2);
    return this.buffer.readUInt16LE(offset);
  }

  u32(offset: number): number {
    this.#demand(offset, 4);
    return this.buffer.readUInt32LE(offset);
  }

  /** Sizes and offsets; no file is larger than what a number holds exactly. */
  u64(offset: number): number {
    this.#demand(offset, 8);
    const value = this.buffer.readBigUInt64LE(offset);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Malformed(`${this.what}: ${value} is no size`);
    return Number(value);
  }

  startsWith(magic: Buffer, offset = 0): boolean {
    return this.buffer.subarray(offset, offset + magic.length).equals(magic);
  }

  /** Text up to a NUL byte, and not more than `limit` bytes of it. */
  text(offset: number, limit: number): string {
    const bytes = this.buffer.subarray(offset, offset + limit);
    const end = bytes.indexOf(0);
    return bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
  }

  #demand(offset: number, size: number, what = `${size} bytes`): void {
    if (offset + size > this.buffer.length) {
      throw new Malformed(`${this.what} ends before ${what} at offset ${offset}`);
    }
  }
}
