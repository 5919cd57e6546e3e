import type { Bytes } from './bytes.ts';
import { Malformed } from './malformed.ts';

export const bundleMagic = Buffer.from('__CLANG_OFFLOAD_BUNDLE__', 'latin1');

export interface BundleEntry {
  /** `hipv4-amdgcn-amd-amdhsa--gfx1151`, `host-x86_64-unknown-linux--`. */
  id: string;
  bytes: Bytes;
}

const longestId = 512;

/**
 * Reads an uncompressed offload bundle: magic, number of entries, and for each its offset from the magic, its size,
 * and its ID with a length before; https://clang.llvm.org/docs/ClangOffloadBundler.html#bundled-binary-file-layout
 * @throws Malformed
 */
export function readBundle(at: Bytes): { entries: BundleEntry[]; size: number } {
  if (!at.startsWith(bundleMagic)) throw new Malformed(`${at.what} is not an offload bundle`);
  const count = at.u64(24);
  const entries: BundleEntry[] = [];
  let cursor = 32;
  let size = cursor;
  let total = 0;
  for (let index = 0; index < count; index++) {
    const offset = at.u64(cursor);
    const length = at.u64(cursor + 8);
    const idLength = at.u64(cursor + 16);
    if (idLength > longestId) throw new Malformed(`${at.what}: the ID of entry ${index} is too long`);
    const id = at.part(cursor + 24, idLength, `the ID of entry ${index}`).text(0, idLength);
    const bytes = at.part(offset, length, `entry ${printable(id)}`);
    // Many entries for one and the same stretch would only keep the reader busy.
    total += length;
    if (total > at.size) throw new Malformed(`${at.what}: the entries overlap`);
    entries.push({ id, bytes });
    cursor += 24 + idLength;
    size = Math.max(size, cursor, offset + length);
  }
  return { entries, size };
}

function printable(id: string): string {
  return JSON.stringify(id.slice(0, 80));
}
