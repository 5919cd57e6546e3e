import type { PatchVerdict } from '../model/series.ts';

/** A source on the host, patched, ready for a context. */
export interface PreparedSource {
  name: string;
  version: string;
  /** What its bytes are known by: the file that was fetched, or the commit. */
  identity: { sha256: string } | { revision: string };
  /** A folder, or a single file that keeps its name. */
  content: { kind: 'tree'; path: string } | { kind: 'file'; path: string; name: string };
  /** What was done to the tree, in order. */
  series: readonly AppliedSeries[];
}

export interface AppliedSeries {
  name: string;
  /** sha256 over what the series says and its patches. */
  digest: string;
  /** The same of each patch, by its id. */
  patches: Readonly<Record<string, string>>;
  verdicts: readonly PatchVerdict[];
}
