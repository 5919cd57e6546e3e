import type { Candidate, Listing } from '../model/candidate.ts';
import type { Coherence, KnownBad } from '../model/coherence.ts';
import type { GrammarName } from '../model/version-grammar.ts';

/** One source and what its place offers. */
export interface Member {
  source: string;
  grammar: GrammarName;
  /** In any order; what is there twice counts once. */
  candidates: readonly Candidate[];
  /** What the place has beside them: it may tell why a member has nothing of some stamp. */
  passedOver?: Listing['passedOver'];
}

/** What a person, or a lock that is kept, asks for; see `readWish` for how the text is read. */
export interface Wish {
  /** A source, whose version is meant, or a set, whose stamp is meant. */
  on: string;
  text: string;
  /** As it is told to people; default `--<on> <text>`. */
  by?: string;
}

export interface Problem {
  /** The most important first: the order in the image's YAML. */
  members: readonly Member[];
  rules: Coherence;
  knownBad?: readonly KnownBad[];
  wishes?: readonly Wish[];
  /** Only what was there then: a day, 2026-07-01, which counts to its end (UTC), or an instant in ISO 8601. */
  asOf?: string | undefined;
  /** Milliseconds since 1970, for the cooldown. */
  now: number;
}

/** Why something was not chosen that is newer than what was; without `name` it is about the whole stamp of a set. */
export interface Rejection {
  /** A source, or for a stamp the set. */
  of: string;
  version: string;
  name?: string;
  why: string;
}

export interface Choice {
  found: true;
  /** By source, in the order of the members; optional ones that are missing are not in it. */
  chosen: ReadonlyMap<string, Candidate>;
  /** The stamp of each set, as its most important member writes it. */
  stamps: ReadonlyMap<string, string>;
  /** Stamps first, then the members in their order; each newest first. */
  rejected: readonly Rejection[];
  /** What a person should know of the constraints that could not be held against something. */
  notes: readonly string[];
}

export interface NoChoice {
  found: false;
  /** What came nearest: the newest stamp that was not excluded, and what it lacks; else the member that has nothing left. */
  nearest: Rejection | undefined;
  /** As of a choice: every stamp, and every candidate that is excluded by itself. */
  rejected: readonly Rejection[];
  notes: readonly string[];
}
