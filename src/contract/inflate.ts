import { inflateSync, zstdDecompressSync } from 'node:zlib';
import type { Bytes } from './bytes.ts';
import { Malformed } from './malformed.ts';

/** `llvm::compression::Format`, https://llvm.org/doxygen/namespacellvm_1_1compression.html */
const formats = new Map<number, typeof inflateSync | typeof zstdDecompressSync>([
  [0, inflateSync],
  [1, zstdDecompressSync],
]);

/** What Node's functions return with `info: true`. */
interface Inflated {
  buffer: Buffer;
  /** `bytesWritten` counts what was taken in, so it tells where the compressed data ends. */
  engine: { bytesWritten: number };
}

/**
 * Decompresses what stands at the start of `data`.
 * @param size what the header says that comes out; more is never written.
 * @throws Malformed
 */
export function inflate(data: Bytes, format: number, size: number): { plain: Buffer; consumed: number } {
  const decompress = formats.get(format);
  if (!decompress) throw new Malformed(`${data.what}: unknown compression ${format}`);
  let result: Inflated;
  try {
    const options = { info: true, maxOutputLength: Math.max(size, 1) };
    result = decompress(data.buffer, options) as unknown as Inflated;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Malformed(`${data.what} can't be decompressed: ${reason}`);
  }
  if (result.buffer.length !== size) {
    throw new Malformed(`${data.what} holds ${result.buffer.length} bytes, not ${size} as its header says`);
  }
  return { plain: result.buffer, consumed: result.engine.bytesWritten };
}
