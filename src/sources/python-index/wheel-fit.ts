import type { WheelTag } from './wheel-name.ts';

/** An interpreter and what it runs on. */
export interface Interpreter {
  /** CPython's minor version: 12 of 3.12. */
  minor: number;
  /** Platform tags, the preferred first. */
  platforms: readonly string[];
}

/**
 * Linux on x86_64 with a glibc up to 2.39, as Debian and Fedora of 2024 have it, in pip's order of preference:
 * https://packaging.python.org/specifications/platform-compatibility-tags/#manylinux
 */
const linuxPlatforms: readonly string[] = [
  ...Array.from({ length: 35 }, (_, index) => 39 - index).flatMap((minor) => [
    `manylinux_2_${minor}_x86_64`,
    ...({ 17: ['manylinux2014_x86_64'], 12: ['manylinux2010_x86_64'], 5: ['manylinux1_x86_64'] }[minor] ??
      []),
  ]),
  'linux_x86_64',
];

export function interpreterOf(python: string, platforms: readonly string[] = linuxPlatforms): Interpreter {
  return { minor: Number(python.split('.')[1]), platforms };
}

/**
 * The version that `requires-python` is held against. Where only the series is known (3.12), a late one of it:
 * `>=3.12.1` is met by what a base image has today.
 */
export function interpreterVersion(python: string): string {
  return python.split('.').length === 2 ? `${python}.99` : python;
}

/**
 * How well a wheel fits, in pip's order, 0 the best: https://packaging.python.org/specifications/platform-compatibility-tags/
 * CPython's own ABI, then the stable ABI and no ABI, then older stable ABIs, then pure wheels with a platform, then `any`.
 * @returns Infinity when no tag fits.
 */
export function fitOf(tags: readonly WheelTag[], interpreter: Interpreter): number {
  return Math.min(...tags.map((tag) => fitOfTag(tag, interpreter)));
}

function fitOfTag({ python, abi, platform }: WheelTag, { minor, platforms }: Interpreter): number {
  const kind = fitOfPython(python, abi, minor);
  if (platform === 'any') {
    // Of wheels with `any`, cp312-none-any comes first.
    return abi === 'none' && kind !== Number.POSITIVE_INFINITY
      ? (python === `cp3${minor}` ? 3 : 4) * 1e6 + kind
      : Infinity;
  }
  const index = platforms.indexOf(platform);
  if (index === -1) return Number.POSITIVE_INFINITY;
  return (abi === 'none' && python.startsWith('py') ? 2e6 : 1e6) + kind * 1000 + index;
}

function fitOfPython(python: string, abi: string, minor: number): number {
  const [, family, major, digits = ''] = /^(cp|py)(3)(|0|[1-9][0-9]?)$/.exec(python) ?? [];
  if (major === undefined) return Number.POSITIVE_INFINITY;
  if (family === 'py') {
    // py312, py3, py311 … py30: whatever Python it was written for.
    if (abi !== 'none') return Number.POSITIVE_INFINITY;
    if (digits === '') return 1;
    const older = minor - Number(digits);
    return older < 0 ? Number.POSITIVE_INFINITY : older === 0 ? 0 : 1 + older;
  }
  if (digits === '') return Number.POSITIVE_INFINITY;
  const older = minor - Number(digits);
  if (older === 0) return { [`cp3${minor}`]: 0, abi3: 1, none: 2 }[abi] ?? Number.POSITIVE_INFINITY;
  // The stable ABI began with 3.2 and goes on working in every later one.
  return abi === 'abi3' && older > 0 && Number(digits) >= 2 ? 2 + older : Number.POSITIVE_INFINITY;
}
