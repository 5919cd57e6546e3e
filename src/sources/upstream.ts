import type { DebianSourcePin, GitPin } from '../model/lock.ts';

interface Wanted {
  /** Original places, tried in order. */
  urls: readonly string[] | (() => Promise<readonly string[]>);
  /** Hexadecimal. */
  sha256: string;
  /** Bytes. */
  size: number;
}

/** What a build takes of upstream: bytes that a lock names, and nothing that moves. Each throws UpstreamError (exit 3). */
export interface Upstream {
  /** A file, verified; its path on this machine. */
  bring(wanted: Wanted): Promise<{ file: string }>;
  /** A file of Debian's archive, from the first mirror that has it. */
  bringFromPool(file: DebianSourcePin['file']): Promise<{ file: string }>;
  /** The tree of a commit, at a folder that is not there yet. */
  bringCommit(pin: Pick<GitPin, 'url' | 'revision'>, into: string): Promise<void>;
}
