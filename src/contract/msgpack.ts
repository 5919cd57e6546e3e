import type { Bytes } from './bytes.ts';
import { Malformed } from './malformed.ts';

/** Binary and extension values are skipped: undefined. */
export type Packed =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Packed[]
  | Map<string | number, Packed>;

const deepest = 32;
/** Metadata of libraries with ten thousand kernels is smaller. */
const mostBytes = 2 ** 25;

/**
 * Decodes MessagePack, https://github.com/msgpack/msgpack/blob/master/spec.md. Not the library
 * `@msgpack/msgpack`: that one reserves an array at the length that the data claims, so that a few kilobytes of
 * nested claims take all memory. Here memory and time are bounded by the bytes that are really there.
 * @throws Malformed
 */
export function unpack(bytes: Bytes): Packed {
  const { buffer } = bytes;
  if (buffer.length > mostBytes) throw new Malformed(`${bytes.what} is larger than 32 MiB`);
  let at = 0;

  const take = (size: number): number => {
    const start = at;
    if (start + size > buffer.length) throw new Malformed(`${bytes.what} ends in the middle of a value`);
    at += size;
    return start;
  };
  const uint = (size: number): number => buffer.readUIntBE(take(size), size);
  const text = (size: number): string => {
    const start = take(size);
    return buffer.toString('utf8', start, start + size);
  };
  const skip = (size: number): undefined => {
    take(size);
  };
  const list = (count: number, depth: number): Packed[] => {
    const values: Packed[] = [];
    for (let index = 0; index < count; index++) values.push(value(depth + 1));
    return values;
  };
  const map = (count: number, depth: number): Packed => {
    const entries = new Map<string | number, Packed>();
    for (let index = 0; index < count; index++) {
      const key = value(depth + 1);
      if (typeof key !== 'string' && typeof key !== 'number') {
        throw new Malformed(`${bytes.what} has a key that is neither text nor number`);
      }
      entries.set(key, value(depth + 1));
    }
    return entries;
  };

  const value = (depth: number): Packed => {
    if (depth > deepest) throw new Malformed(`${bytes.what} is nested too deep`);
    const head = uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return map(head & 0x0f, depth);
    if (head < 0xa0) return list(head & 0x0f, depth);
    if (head < 0xc0) return text(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return skip(uint(2 ** (head - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return skip(uint(2 ** (head - 0xc7)) + 1);
      case 0xca:
        return buffer.readFloatBE(take(4));
      case 0xcb:
        return buffer.readDoubleBE(take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return uint(2 ** (head - 0xcc));
      case 0xcf:
        return buffer.readBigUInt64BE(take(8));
      case 0xd0:
      case 0xd1:
      case 0xd2: {
        const size = 2 ** (head - 0xd0);
        return buffer.readIntBE(take(size), size);
      }
      case 0xd3:
        return buffer.readBigInt64BE(take(8));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return skip(2 ** (head - 0xd4) + 1);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return text(uint(2 ** (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return list(uint(head === 0xdc ? 2 : 4), depth);
      case 0xde:
      case 0xdf:
        return map(uint(head === 0xde ? 2 : 4), depth);
      default:
        throw new Malformed(
          `${bytes.what} holds the byte 0x${head.toString(16)}, which MessagePack never uses`,
        );
    }
  };

  const result = value(0);
  if (at !== buffer.length) throw new Malformed(`${bytes.what} goes on after its value`);
  return result;
}
