import { Bytes } from './bytes.ts';
import { inflate } from './inflate.ts';
import { Malformed } from './malformed.ts';

export const compressedMagic = Buffer.from('CCOB', 'latin1');

/**
 * Opens a compressed offload bundle. The header, by version:
 *
 *     magic "CCOB" (4), version (2), compression (2),
 *     1:                          uncompressed size (4), hash (8)
 *     2: size with header (4),    uncompressed size (4), hash (8)
 *     3: size with header (8),    uncompressed size (8), hash (8)
 *
 * https://clang.llvm.org/docs/ClangOffloadBundler.html#compression-and-decompression and
 * https://github.com/llvm/llvm-project/blob/main/llvm/lib/Object/OffloadBundle.cpp
 *
 * @param budget most bytes that may come out.
 * @throws Malformed
 */
export function openCompressedBundle(at: Bytes, budget: number): { plain: Bytes; size: number } {
  const version = at.u16(4);
  if (version < 1 || version > 3) throw new Malformed(`${at.what}: unknown version ${version} of CCOB`);
  const header = { 1: 20, 2: 24, 3: 32 }[version as 1 | 2 | 3];
  const plainSize = version === 1 ? at.u32(8) : version === 2 ? at.u32(12) : at.u64(16);
  // Version 1 doesn't say where it ends; the compressed stream does.
  const size = version === 1 ? at.size : version === 2 ? at.u32(8) : at.u64(8);
  if (size < header) throw new Malformed(`${at.what} claims to be ${size} bytes long`);
  if (plainSize > budget) throw new Malformed(`${at.what} would decompress to more than 2 GiB`);
  const data = at.part(header, size - header, `the compressed data of ${at.what}`);
  const { plain, consumed } = inflate(data, at.u16(6), plainSize);
  return { plain: new Bytes(plain, at.what), size: version === 1 ? header + consumed : size };
}
