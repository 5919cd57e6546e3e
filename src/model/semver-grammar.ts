import semver from 'semver';
import type { VersionGrammar } from './version-grammar.ts';
import { dayWithin, reasonable, remembering } from './version-text.ts';

/** https://semver.org, with npm's ranges; a leading `v` belongs to the tag's pattern and not to the version. */
export const semverGrammar: VersionGrammar = {
  name: 'semver',
  valid: (version) => parsed(version) !== null,
  // Build metadata does not order versions by the standard; by it the order is at least always the same.
  compare: (a, b) => semver.compareBuild(parsed(a)!, parsed(b)!),
  validRange: (range) => rangeOf(range) !== null,
  satisfies: (version, range) => rangeOf(range)?.test(parsed(version) ?? '') ?? false,
  isPrerelease: (version) => (parsed(version)?.prerelease.length ?? 0) > 0,
  namesPrerelease: (range) => /[0-9]-[0-9A-Za-z]/.test(range),
  dateOf: dayWithin,
};

const parsed = remembering((version: string) =>
  reasonable(version) && /^[0-9]/.test(version) && !/\s/.test(version) ? semver.parse(version) : null,
);

const rangeOf = remembering((range: string) => {
  if (range.length > 1000) return null;
  try {
    return new semver.Range(range, { includePrerelease: true });
  } catch {
    return null;
  }
});
