import type { Candidate, Listing, PassedOver } from '../../model/candidate.ts';
import { type StampKind, stampOf } from '../../model/stamp.ts';
import { type GrammarName, grammarOf, type VersionGrammar } from '../../model/version-grammar.ts';
import { shown } from './shown.ts';

const pep440 = grammarOf('pep440');

/** The part of a source's definition that says which versions are wanted. */
export interface Wanted {
  grammar: GrammarName;
  versions: string;
  prereleases: boolean;
  stamp: StampKind;
}

/** Something that a place lists; its version may be anything that stood in the version's place. */
export interface Listed {
  version: string;
  name: string;
  url: string;
  date?: string | undefined;
  sha256?: string | undefined;
  size?: number | undefined;
  revision?: string | undefined;
  /** What the place itself says against it. */
  why?: string | undefined;
  /** The place calls it a pre-release, whatever its version looks like. */
  prerelease?: boolean;
}

/**
 * Sorts what a place lists into candidates and the rest, both newest first. A version that its grammar refuses is no
 * candidate, so no name of a candidate holds more than its pattern's text and a version.
 * @param others names without a version, with the reason.
 */
export function makeListing(
  listed: readonly Listed[],
  wanted: Wanted,
  others: readonly PassedOver[] = [],
): Listing {
  const grammar = grammarOf(wanted.grammar);
  const candidates: Candidate[] = [];
  const passedOver: PassedOver[] = [];
  const unread: PassedOver[] = others.map(({ name, why }) => ({ name: shown(name), why }));
  for (const item of listed) {
    if (!grammar.valid(item.version)) {
      unread.push({ name: shown(item.name), why: `${shown(item.version)} is no ${grammar.name} version` });
      continue;
    }
    const why = item.why ?? whyUnwanted(item, wanted, grammar);
    if (why === undefined) candidates.push(candidateOf(item, wanted, grammar));
    else passedOver.push({ version: item.version, name: shown(item.name), why });
  }
  const newestFirst = (a: { version?: string; name: string }, b: { version?: string; name: string }) =>
    grammar.compare(b.version!, a.version!) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return {
    candidates: candidates.sort(newestFirst),
    passedOver: [...passedOver.sort(newestFirst), ...unread],
  };
}

function whyUnwanted(item: Listed, wanted: Wanted, grammar: VersionGrammar): string | undefined {
  if (!grammar.satisfies(item.version, wanted.versions)) return `not in the range ${wanted.versions}`;
  const stamp = stampOf(item.version, wanted.stamp);
  // 2.11.0+rocm7.15.0a20260630 is a release by PEP 440, and a nightly of ROCm all the same.
  const nightly = stamp !== undefined && pep440.valid(stamp) && pep440.isPrerelease(stamp);
  const prerelease = item.prerelease === true || nightly || grammar.isPrerelease(item.version);
  if (prerelease && !wanted.prereleases && !grammar.namesPrerelease(wanted.versions)) {
    return 'a pre-release, and pre-releases are not asked for';
  }
  return undefined;
}

function candidateOf(item: Listed, wanted: Wanted, grammar: VersionGrammar): Candidate {
  const { version, name, url, sha256, size, revision } = item;
  const stamp = stampOf(version, wanted.stamp);
  // The place knows better than the name when it could first be had.
  const date = item.date ?? grammar.dateOf(version);
  return {
    version,
    name,
    url,
    ...(date !== undefined && { date }),
    ...(sha256 !== undefined && { sha256 }),
    ...(size !== undefined && { size }),
    ...(stamp !== undefined && { stamp }),
    ...(revision !== undefined && { revision }),
  };
}
