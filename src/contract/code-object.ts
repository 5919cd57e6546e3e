import type { BundleEntry } from './bundle.ts';
import { Bytes } from './bytes.ts';
import { type Elf, readElf } from './elf.ts';
import { fatBinaryBundles } from './fat-binary.ts';
import { readKernelMetadata } from './kernel-metadata.ts';
import { Malformed } from './malformed.ts';

/** Device code for one target in one bundle of a shared library. */
export interface CodeObject {
  /** Which bundle it is in, from 0. */
  bundle: number;
  /** As the bundle's entry names it, `gfx1151`. */
  target: string;
  /** As the bundle's entry names them, `sramecc+`, `xnack-`. */
  features: string[];
  /** EF_AMDGPU_MACH of its ELF header. */
  mach: number;
  kernels: number;
  wavefrontSizes: number[];
  /** `amdhsa.target` of its metadata. */
  metadataTarget?: string;
}

/** EM_AMDGPU, https://llvm.org/docs/AMDGPUUsage.html#header */
const machineAmdGpu = 224;
/** https://clang.llvm.org/docs/ClangOffloadBundler.html#bundle-entry-id */
const entryId = /^hip(?:v4)?-amdgcn-amd-amdhsa-(?:[a-z]*-)?(gfx[0-9a-z-]+)((?::[a-z]+[+-])*)$/;

/**
 * The device code in a HIP shared library, from its own bytes: section `.hip_fatbin`, the offload bundles in it, the
 * ELF file of each entry, and that file's notes. Works on untrusted files: no read leaves the buffer, and time and
 * memory are bounded by its size.
 * @throws Malformed
 */
export function readCodeObjects(library: Buffer): CodeObject[] {
  const section = readElf(new Bytes(library, 'the library')).section('.hip_fatbin');
  if (!section) throw new Malformed('the library has no section .hip_fatbin, so no HIP device code');
  const found: CodeObject[] = [];
  let bundle = 0;
  for (const entries of fatBinaryBundles(section)) {
    for (const entry of entries) {
      const object = readEntry(entry, bundle);
      if (object) found.push(object);
    }
    bundle++;
  }
  return found;
}

/** Undefined for what is not AMD GPU code: the host's entry, which is empty, and SPIR-V. */
function readEntry({ id, bytes }: BundleEntry, bundle: number): CodeObject | undefined {
  const [, target, features] = entryId.exec(id) ?? [];
  if (target === undefined || features === undefined) return undefined;
  const elf: Elf = readElf(bytes);
  if (elf.machine !== machineAmdGpu) {
    throw new Malformed(
      `${bytes.what} is an ELF file for machine ${elf.machine}, not ${machineAmdGpu} (AMDGPU)`,
    );
  }
  const metadata = readKernelMetadata(elf);
  return {
    bundle,
    target,
    features: features.split(':').filter(Boolean),
    mach: elf.flags & 0xff,
    kernels: metadata.kernels,
    wavefrontSizes: metadata.wavefrontSizes,
    ...(metadata.target !== undefined && { metadataTarget: metadata.target }),
  };
}
