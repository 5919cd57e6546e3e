import type { Candidate, Listing } from '../model/candidate.ts';
import type { OciPin, Pin } from '../model/lock.ts';
import type { Source } from '../model/source.ts';

/** How far the fetching of an artefact is whose digest its place does not tell. Bytes. */
export type Progress = (done: number, total: number | undefined) => void;

/** Upstream, as the choice sees it. Everything throws UpstreamError (exit 3) with URL, status and what to do. */
export interface Places {
  /** What a source offers whose versions can be chosen from; see `grammarOfSource`. */
  list(source: Source): Promise<Listing>;
  /** Completes a chosen candidate: what its place does not tell of size and digest is found by fetching it once. */
  pin(source: Source, candidate: Candidate, progress: Progress): Promise<Pin>;
  /** What a source is at that offers one thing only: a branch, a commit, a tag of a registry, the packages of a suite. */
  current(source: Source): Promise<Pin>;
  /** The digest behind `base.oci`. */
  base(reference: string): Promise<OciPin>;
}
