/**
 * EF_AMDGPU_MACH, the low byte of `e_flags`: the processor that a code object was compiled for,
 * https://llvm.org/docs/AMDGPUUsage.html#amdgpu-ef-amdgpu-mach-table. Processors on which ROCm of the last years ran.
 */
const machines: Readonly<Record<string, number>> = {
  gfx900: 0x2c,
  gfx906: 0x2f,
  gfx908: 0x30,
  gfx90a: 0x3f,
  gfx942: 0x4c,
  gfx950: 0x4f,
  gfx1010: 0x33,
  gfx1011: 0x34,
  gfx1012: 0x35,
  gfx1030: 0x36,
  gfx1031: 0x37,
  gfx1032: 0x38,
  gfx1033: 0x39,
  gfx1034: 0x3e,
  gfx1035: 0x3d,
  gfx1036: 0x45,
  gfx1100: 0x41,
  gfx1101: 0x46,
  gfx1102: 0x47,
  gfx1103: 0x44,
  gfx1150: 0x43,
  gfx1151: 0x4a,
  gfx1152: 0x55,
  gfx1153: 0x58,
  gfx1200: 0x48,
  gfx1201: 0x4e,
};

export function machineOf(target: string): number | undefined {
  return Object.hasOwn(machines, target) ? machines[target] : undefined;
}

/** `gfx1151`, or the number where the table has no name. */
export function machineName(machine: number): string {
  const known = Object.entries(machines).find(([, value]) => value === machine);
  return known ? known[0] : `unknown processor 0x${machine.toString(16).padStart(2, '0')}`;
}
