import { validRange as validForLibrary } from '@renovatebot/pep440';
import { compareKeys, comparePublic, compareRelease, type Pep440Key, pep440Key } from './pep440-key.ts';
import { reasonable, remembering } from './version-text.ts';

/**
 * PEP 440 specifiers: https://packaging.python.org/specifications/version-specifiers/#version-specifiers
 * The library's `satisfies` is not used: it says no to every version whose release equals that of `<` or `>`, so
 * `<7.15.0a20260701` would pass over 7.15.0a20260630, and it wants `==2.11.0.*` to have three numbers in 2.11.
 */
interface Clause {
  operator: string;
  /** As written, without `.*`. */
  text: string;
  key: Pep440Key;
  /** `==2.11.*`: how many numbers of the release are compared. */
  prefix?: readonly number[];
}

export function validRange(range: string): boolean {
  return clausesOf(range) !== null;
}

/** @returns false for what is no version or no specifier. */
export function satisfies(version: string, range: string): boolean {
  const key = pep440Key(version);
  return key !== null && (clausesOf(range)?.every((clause) => holds(version, key, clause)) ?? false);
}

/** Whether a clause itself names a pre-release: then a person asks for pre-releases. `!=` names what is not wanted. */
export function namesPrerelease(range: string): boolean {
  return clausesOf(range)?.some(({ operator, key }) => operator !== '!=' && isPrereleaseKey(key)) ?? false;
}

/** The versions that a range pins exactly, by `==` without `.*` or by `===`. */
export function pins(version: string, range: string): boolean {
  const key = pep440Key(version);
  return (
    key !== null &&
    (clausesOf(range)?.some(
      (clause) =>
        (clause.operator === '===' || (clause.operator === '==' && !clause.prefix)) &&
        holds(version, key, clause),
    ) ??
      false)
  );
}

export function isPrereleaseKey(key: Pep440Key): boolean {
  return key.pre[0] !== 4 || key.dev !== Number.POSITIVE_INFINITY;
}

/** @returns null for what is no specifier. */
const clausesOf = remembering((range: string): readonly Clause[] | null => {
  if (range.length > 1000 || !validForLibrary(range)) return null;
  if (range.trim() === '') return [];
  const clauses = range.split(',').map(clauseOf);
  return clauses.every((clause) => clause !== null) ? clauses : null;
});

function clauseOf(text: string): Clause | null {
  const [, operator = '', rest = ''] = /^\s*(===|~=|==|!=|<=|>=|<|>)\s*(.*?)\s*$/.exec(text) ?? [];
  const written = rest.replace(/\.\*$/, '');
  const key = reasonable(written) ? pep440Key(written) : null;
  if (!key) return null;
  const release = () =>
    /^v?(?:[0-9]+!)?([0-9.]+)/i.exec(written)![1]!.replace(/\.$/, '').split('.').map(Number);
  if (rest !== written)
    return /^v?(?:[0-9]+!)?[0-9.]+$/i.test(written)
      ? { operator, text: written, key, prefix: release() }
      : null;
  return operator === '~='
    ? { operator, text: written, key, prefix: release().slice(0, -1) }
    : { operator, text: written, key };
}

function holds(version: string, key: Pep440Key, clause: Clause): boolean {
  const against = clause.key;
  const beyond = comparePublic(key, against);
  switch (clause.operator) {
    case '===':
      return version.toLowerCase() === clause.text.toLowerCase();
    case '==':
      return equals(key, clause);
    case '!=':
      return !equals(key, clause);
    case '<=':
      return beyond <= 0;
    case '>=':
      return beyond >= 0;
    case '~=':
      return beyond >= 0 && startsWith(key, clause);
    case '<':
      return beyond < 0 && !isPrereleaseOf(key, against);
    default:
      return beyond > 0 && !isPostReleaseOf(key, against);
  }
}

/** `<2.13` does not take 2.13rc1 nor 2.13.dev5, unless the limit is a pre-release itself; `<2.13.post1` takes 2.13rc1. */
function isPrereleaseOf(key: Pep440Key, limit: Pep440Key): boolean {
  if (isPrereleaseKey(limit) || compareRelease(key, limit) !== 0) return false;
  return isPrereleaseKey(key) && (limit.post < 0 || (key.post === limit.post && key.pre[0] === limit.pre[0]));
}

/** `>2.13` does not take 2.13.post1, unless the limit is a post-release itself; `>2.13rc1` takes it. */
function isPostReleaseOf(key: Pep440Key, limit: Pep440Key): boolean {
  if (limit.post >= 0 || limit.dev !== Number.POSITIVE_INFINITY || compareRelease(key, limit) !== 0)
    return false;
  return key.post >= 0 && key.pre[0] === limit.pre[0] && key.pre[1] === limit.pre[1];
}

function equals(key: Pep440Key, clause: Clause): boolean {
  if (clause.prefix) return startsWith(key, clause);
  // A specifier without a local part does not look at the candidate's.
  return (clause.key.local ? compareKeys : comparePublic)(key, clause.key) === 0;
}

/** Missing numbers are zeros: 2.11 is in 2.11.0.*. */
function startsWith(key: Pep440Key, { key: { epoch }, prefix = [] }: Clause): boolean {
  return key.epoch === epoch && prefix.every((number, index) => (key.release[index] ?? 0) === number);
}
