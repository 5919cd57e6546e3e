import type { CodeObjectDemand } from '../model/contract.ts';
import { InvalidInput } from '../model/error.ts';
import type { BytesCheck, Finding } from './check.ts';
import { type CodeObject, readCodeObjects } from './code-object.ts';
import { machineName, machineOf } from './gpu-machine.ts';
import { Malformed } from './malformed.ts';
import { oneLine } from './wording.ts';

/** A shared library really holds device code for a target: the ELF files inside are read. */
export function codeObjectCheck(path: string, demand: CodeObjectDemand): BytesCheck {
  const { target, wavefront } = demand;
  const machine = machineOf(target);
  if (machine === undefined) {
    throw new InvalidInput({
      what: `the contract asks for code for ${target}, whose ELF machine value halobox doesn't know`,
      next: 'correct `codeObjects.target`, or add the value to src/contract/gpu-machine.ts',
    });
  }
  const hex = `0x${machine.toString(16)}`;
  return {
    by: 'bytes',
    id: `code-objects:${path}`,
    what: `${path} holds device code for ${target}`,
    expected: `${target} in every fat binary; ELF flags ${hex}; kernels of wavefront size ${wavefront}`,
    next: `compile the library for ${target} (--offload-arch=${target}; in CMake GPU_TARGETS and AMDGPU_TARGETS)`,
    path,
    judge(bytes) {
      if (!bytes) return { passed: false, found: 'no such file', next: `install the library as ${path}` };
      try {
        return judgeCodeObjects(readCodeObjects(bytes), demand, machine);
      } catch (error) {
        if (error instanceof Malformed) return { passed: false, found: oneLine(error.message) };
        throw error;
      }
    },
  };
}

function judgeCodeObjects(
  objects: readonly CodeObject[],
  { target, wavefront }: CodeObjectDemand,
  machine: number,
): Finding {
  const held = [...new Set(objects.map((object) => object.target))].sort().join(', ');
  const right = objects.filter((object) => object.target === target);
  if (right.length === 0) return { passed: false, found: `device code for ${held || 'no target at all'}` };

  const covered = new Set(right.map(({ bundle }) => bundle));
  const bare = [...new Set(objects.map(({ bundle }) => bundle))].filter((bundle) => !covered.has(bundle));
  if (bare.length > 0) {
    return {
      passed: false,
      found: `${bare.length} fat binaries (first: ${bare[0]}) without ${target}: ${held}`,
    };
  }
  for (const { bundle, mach, metadataTarget, wavefrontSizes } of right) {
    const wrong = (what: string): Finding => ({
      passed: false,
      found: oneLine(`the entry ${target} in fat binary ${bundle} ${what}`),
    });
    if (mach !== machine) return wrong(`is an ELF file for ${machineName(mach)}`);
    if (metadataTarget !== undefined && processorOf(metadataTarget) !== target) {
      return wrong(`has metadata for ${metadataTarget}`);
    }
    if (wavefrontSizes.some((size) => size !== wavefront)) {
      return wrong(`has kernels of wavefront size ${wavefrontSizes.join(' and ')}`);
    }
  }
  const kernels = right.reduce((sum, object) => sum + object.kernels, 0);
  if (kernels === 0) return { passed: false, found: `code objects for ${target}, but no kernel in them` };
  const count = `${right.length} code ${right.length === 1 ? 'object' : 'objects'}`;
  return { passed: true, found: `${count} for ${target}, ${kernels} kernels of wavefront size ${wavefront}` };
}

/** `gfx1151` out of `amdgcn-amd-amdhsa--gfx1151:xnack-`, https://llvm.org/docs/AMDGPUUsage.html#target-id */
function processorOf(targetId: string): string | undefined {
  return targetId.split(':')[0]?.split('-').at(-1);
}
