import semver from 'semver';
import { type GrammarName, grammarOf } from '../model/version-grammar.ts';

/**
 * What a person means by the text after `--torch` or `--rocm`, the first that it can be:
 * - a range in the grammar of the versions: `>=2.11,<2.13`, `==2.11.0`;
 * - with a `v` in front, as tags have it, this version and no other: `v0.27.1`;
 * - a version's beginning: `2.11` takes 2.11.0+rocm7.14.0 and 2.11.1, and `7.14` the nightly 7.14.0a20260630;
 * - a whole version that is no mere beginning: `7.14.0a20260630`, `2.11.0+rocm7.14.0`;
 * - an npm range, over the numbers of the release: `~7.14` takes 7.14.2 and 7.14.0a20260630 and not 7.15.0a20260703.
 * @returns undefined for what is none of these.
 */
export function readWish(text: string, name: GrammarName): ((version: string) => boolean) | undefined {
  const grammar = grammarOf(name);
  const wish = text.trim();
  if (wish === '') return undefined;
  const range = rangeOf(wish, name);
  if (grammar.validRange(range)) return (version) => grammar.satisfies(version, range);
  if (name !== 'pep440' || semver.validRange(wish) === null) return undefined;
  return (version) => releaseWithin(version, wish);
}

/** Whether the numbers of a version's release are in an npm range: 7.15.0a20260630 counts as 7.15.0. */
export function releaseWithin(version: string, range: string): boolean {
  const release = semver.coerce(version);
  return release !== null && semver.satisfies(release, range);
}

/** The range of all versions that begin so. Pre-releases are among them, as by PEP 440's `==2.11.*`. */
export function beginningWith(prefix: string, name: GrammarName): string {
  return name === 'pep440' ? `==${prefix}.*` : name === 'semver' ? prefix : `==${prefix}`;
}

function rangeOf(wish: string, name: GrammarName): string {
  if (name === 'semver') return wish;
  const grammar = grammarOf(name);
  const exact = /^v(?=[0-9])/.test(wish) ? wish.slice(1) : undefined;
  if (exact !== undefined && grammar.valid(exact)) return `==${exact}`;
  if (/^[0-9]+(\.[0-9]+)*$/.test(wish)) return beginningWith(wish, name);
  return grammar.valid(wish) ? `==${wish}` : wish;
}
