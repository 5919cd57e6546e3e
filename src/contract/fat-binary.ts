import { type BundleEntry, bundleMagic, readBundle } from './bundle.ts';
import type { Bytes } from './bytes.ts';
import { compressedMagic, openCompressedBundle } from './compressed-bundle.ts';
import { Malformed } from './malformed.ts';

/** All device code of one target is far smaller; it keeps a hostile file from filling the memory. */
const mostPlainBytes = 2 ** 31;

/**
 * The bundles in a `.hip_fatbin` section, in turn: one per translation unit (or one per library with
 * `-fgpu-rdc`), each padded with zeros, mostly to 4096 bytes, because the linker only puts them one after another.
 * https://clang.llvm.org/docs/ClangOffloadBundler.html
 * @throws Malformed
 */
export function* fatBinaryBundles(section: Bytes): Generator<BundleEntry[]> {
  let offset = 0;
  let budget = mostPlainBytes;
  for (let index = 0; ; index++) {
    while (offset < section.size && section.buffer[offset] === 0) offset++;
    if (offset === section.size) return;
    const at = section.part(offset, section.size - offset, `offload bundle ${index}`);
    if (at.startsWith(bundleMagic)) {
      const { entries, size } = readBundle(at);
      yield entries;
      offset += size;
    } else if (at.startsWith(compressedMagic)) {
      const { plain, size } = openCompressedBundle(at, budget);
      yield readBundle(plain).entries;
      budget -= plain.size;
      offset += size;
    } else {
      throw new Malformed(`${section.what} holds something other than offload bundles at offset ${offset}`);
    }
  }
}
