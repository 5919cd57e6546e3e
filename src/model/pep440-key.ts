import { parse } from '@renovatebot/pep440';
import { order, reasonable, remembering } from './version-text.ts';

/**
 * A PEP 440 version ready for comparison: https://packaging.python.org/specifications/version-specifiers/#summary-of-permitted-suffixes-and-relative-ordering
 * The library reads versions; its own comparison reads both texts again each time, and takes `5e8` and `0x1f` in a
 * local version for numbers.
 */
export interface Pep440Key {
  epoch: number;
  /** Without trailing zeros: 2.11 and 2.11.0 are the same. */
  release: readonly number[];
  /** Phase and number. Phases in their order: 0 `.dev` of the release itself, 1 a, 2 b, 3 rc, 4 none. */
  pre: readonly [phase: number, number: number];
  /** -1 when it is no post-release. */
  post: number;
  /** Infinity when it is no development release: those come before. */
  dev: number;
  /** Undefined sorts before all. */
  local: readonly (number | string)[] | undefined;
}

const phases: Readonly<Record<string, number>> = { a: 1, b: 2, rc: 3 };

/** @returns null for what is no version. */
export const pep440Key = remembering(keyOf);

function keyOf(version: string): Pep440Key | null {
  const parsed = reasonable(version) ? parse(version) : null;
  // The library's types say otherwise, but pre, post and dev are pairs of a word and a number here, or null.
  if (!parsed) return null;
  const { epoch, release, pre, post, dev } = parsed as unknown as {
    epoch: number;
    release: number[];
    pre: [string, number] | null;
    post: [string, number] | null;
    dev: [string, number] | null;
  };
  const length = release.findLastIndex((number) => number !== 0) + 1;
  const local = version.split('+')[1]?.toLowerCase().split(/[._-]/);
  return {
    epoch,
    release: release.slice(0, length),
    pre: pre ? [phases[pre[0]] ?? 0, pre[1]] : [!post && dev ? 0 : 4, 0],
    post: post ? post[1] : -1,
    dev: dev ? dev[1] : Number.POSITIVE_INFINITY,
    local: local?.map((part) => (/^[0-9]+$/.test(part) ? Number(part) : part)),
  };
}

export function compareKeys(a: Pep440Key, b: Pep440Key): number {
  return comparePublic(a, b) || compareLocal(a.local, b.local);
}

/** The order without local parts, by which specifiers without a local part judge. */
export function comparePublic(a: Pep440Key, b: Pep440Key): number {
  return (
    compareRelease(a, b) ||
    order(a.pre[0], b.pre[0]) ||
    order(a.pre[1], b.pre[1]) ||
    order(a.post, b.post) ||
    order(a.dev, b.dev)
  );
}

export function compareRelease(a: Pep440Key, b: Pep440Key): number {
  return order(a.epoch, b.epoch) || compareEach(a.release, b.release, order);
}

function compareLocal(a: Pep440Key['local'], b: Pep440Key['local']): number {
  if (!a || !b) return order(a ? 1 : 0, b ? 1 : 0);
  return compareEach(a, b, (x, y) =>
    // Numbers come after words; words are compared as text: +rocm10 comes before +rocm7.
    typeof x === typeof y ? order(x, y) : typeof x === 'number' ? 1 : -1,
  );
}

function compareEach<T>(a: readonly T[], b: readonly T[], compare: (x: T, y: T) => number): number {
  for (const [index, x] of a.entries()) {
    if (index >= b.length) return 1;
    const result = compare(x, b[index]!);
    if (result !== 0) return result;
  }
  return order(a.length, b.length);
}
