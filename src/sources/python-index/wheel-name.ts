/** What the name of a wheel says: https://packaging.python.org/specifications/binary-distribution-format/#file-name-convention */
export interface WheelName {
  /** Normalised, see `normalName`. */
  project: string;
  version: string;
  /** Number and rest of the build tag, the tie-breaker among wheels of one version; empty: 0. */
  build: readonly [number, string];
  /** Every tag that a compressed set such as py2.py3-none-any stands for. */
  tags: readonly WheelTag[];
}

export interface WheelTag {
  python: string;
  abi: string;
  platform: string;
}

/** Compressed sets multiply; real ones have some ten tags. */
const mostTags = 1000;

/** @returns undefined for what is no wheel's name. The version is not looked at. */
export function parseWheelName(file: string): WheelName | undefined {
  const parts = /^(.*)\.whl$/.exec(file)?.[1]?.split('-') ?? [];
  if (parts.length !== 5 && parts.length !== 6) return undefined;
  const [project = '', version = ''] = parts;
  const [pythons = [], abis = [], platforms = []] = parts
    .slice(-3)
    .map((set) => set.toLowerCase().split('.'));
  const [, number, rest = ''] =
    (parts.length === 6 ? /^([0-9]{1,9})([A-Za-z0-9_.]*)$/ : /^/).exec(parts[2]!) ?? [];
  if (parts.length === 6 && number === undefined) return undefined;
  if (!/^[A-Za-z0-9]([A-Za-z0-9._]*[A-Za-z0-9])?$/.test(project)) return undefined;
  if (pythons.length * abis.length * platforms.length > mostTags) return undefined;
  if ([...pythons, ...abis, ...platforms].some((tag) => !/^[a-z0-9_]+$/.test(tag))) return undefined;
  return {
    project: normalName(project),
    version,
    build: [Number(number ?? 0), rest],
    tags: pythons.flatMap((python) =>
      abis.flatMap((abi) => platforms.map((platform) => ({ python, abi, platform }))),
    ),
  };
}

/** One spelling of a project's name: https://packaging.python.org/specifications/name-normalization/ */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
