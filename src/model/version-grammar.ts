import { dateGrammar } from './date-grammar.ts';
import { pep440 } from './pep440.ts';
import { semverGrammar } from './semver-grammar.ts';

/** How one family of versions is read, ordered and ranged over; versions are never sorted as text. All of it is pure. */
export interface VersionGrammar {
  readonly name: GrammarName;
  /** Whether the whole text is a version. What is (letters, digits, and few signs) can't hurt a shell, a path or a URL. */
  valid(version: string): boolean;
  /** Negative when `a` comes before `b`, 0 when they are the same version written differently. Both must be valid. */
  compare(a: string, b: string): number;
  /** Whether the whole text is a range in this grammar; the empty one takes every version. */
  validRange(range: string): boolean;
  /**
   * Whether a valid version is in a valid range. Pre-releases are held against the range like any other version:
   * whether they are wanted at all is the caller's question, see `isPrerelease` and `namesPrerelease`.
   */
  satisfies(version: string, range: string): boolean;
  isPrerelease(version: string): boolean;
  /** Whether a range itself speaks of a pre-release, as `==7.15.0a20260630` does: then pre-releases are asked for. */
  namesPrerelease(range: string): boolean;
  /** The day inside a version as YYYY-MM-DD, e.g. 2026-06-30 of 2.11.0+rocm7.14.0a20260630. */
  dateOf(version: string): string | undefined;
}

export const grammarNames = ['pep440', 'semver', 'date'] as const;
export type GrammarName = (typeof grammarNames)[number];

const grammars: Readonly<Record<GrammarName, VersionGrammar>> = {
  pep440,
  semver: semverGrammar,
  date: dateGrammar,
};

export function grammarOf(name: GrammarName): VersionGrammar {
  return grammars[name];
}
