import type { Bytes } from './bytes.ts';
import type { Elf } from './elf.ts';
import { Malformed } from './malformed.ts';
import { type Packed, unpack } from './msgpack.ts';

/** What a code object says about itself. */
export interface KernelMetadata {
  /** `amdhsa.target`, e.g. `amdgcn-amd-amdhsa--gfx1151`; older code objects lack it. */
  target?: string;
  kernels: number;
  /** The different `.wavefront_size`, ascending. */
  wavefrontSizes: number[];
}

const noteName = 'AMDGPU';
/** NT_AMDGPU_METADATA, https://llvm.org/docs/AMDGPUUsage.html#code-object-v3-and-above-note-records */
const metadataType = 32;
const padded = (size: number): number => Math.ceil(size / 4) * 4;

/**
 * Reads the metadata note, https://llvm.org/docs/AMDGPUUsage.html#code-object-v3-metadata.
 * @throws Malformed
 */
export function readKernelMetadata(elf: Elf): KernelMetadata {
  for (const segment of elf.notes()) {
    const description = findNote(segment);
    if (description) return metadata(unpack(description));
  }
  throw new Malformed('the code object has no metadata note');
}

function findNote(segment: Bytes): Bytes | undefined {
  for (let at = 0; at + 12 <= segment.size; ) {
    const nameSize = segment.u32(at);
    const size = segment.u32(at + 4);
    const name = segment.part(at + 12, nameSize, 'the name of a note').text(0, noteName.length + 1);
    const start = at + 12 + padded(nameSize);
    if (name === noteName && segment.u32(at + 8) === metadataType) {
      return segment.part(start, size, "the code object's metadata");
    }
    at = start + padded(size);
  }
  return undefined;
}

function metadata(document: Packed): KernelMetadata {
  const root = mapOf(document);
  const target = root.get('amdhsa.target');
  const kernels = root.get('amdhsa.kernels') ?? [];
  if (!Array.isArray(kernels)) throw new Malformed('amdhsa.kernels in the metadata is not a list');
  const sizes = new Set<number>();
  for (const kernel of kernels) {
    const size = mapOf(kernel).get('.wavefront_size');
    if (typeof size !== 'number') throw new Malformed('a kernel in the metadata has no .wavefront_size');
    sizes.add(size);
  }
  return {
    ...(typeof target === 'string' && { target }),
    kernels: kernels.length,
    wavefrontSizes: [...sizes].sort((a, b) => a - b),
  };
}

function mapOf(value: Packed): Map<string | number, Packed> {
  if (value instanceof Map) return value;
  throw new Malformed('the metadata is not made of maps');
}
