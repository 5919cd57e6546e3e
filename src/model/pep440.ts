import { compareKeys, pep440Key } from './pep440-key.ts';
import { isPrereleaseKey, namesPrerelease, satisfies, validRange } from './pep440-specifier.ts';
import type { VersionGrammar } from './version-grammar.ts';
import { dayWithin } from './version-text.ts';

/**
 * Versions of wheels and of TheRock's tarballs: 7.14.0, 7.15.0a20260630, 2.11.0+rocm7.14.0, 0.27.2rc1.dev16.
 * https://packaging.python.org/specifications/version-specifiers/
 */
export const pep440: VersionGrammar = {
  name: 'pep440',
  valid: (version) => pep440Key(version) !== null,
  compare: (a, b) => compareKeys(keyOf(a), keyOf(b)),
  validRange,
  satisfies,
  isPrerelease: (version) => isPrereleaseKey(keyOf(version)),
  namesPrerelease,
  dateOf: dayWithin,
};

function keyOf(version: string) {
  const key = pep440Key(version);
  if (!key) throw new TypeError(`not a PEP 440 version: ${JSON.stringify(version.slice(0, 100))}`);
  return key;
}
