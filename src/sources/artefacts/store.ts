import type { HttpClient } from '../http/http.ts';

/** A file that is wanted. */
export interface Wanted {
  /** Original places of the same file, tried in order; the function is only called when the file is not there. */
  urls: readonly string[] | (() => Promise<readonly string[]>);
  /** Hexadecimal; undefined: whatever is there, as after an index that gives none. */
  sha256?: string | undefined;
  /** Bytes. */
  size?: number | undefined;
}

export interface Brought {
  /** In the cache, under its digest; not to be changed. */
  file: string;
  /** Hexadecimal. */
  sha256: string;
  /** Bytes. */
  size: number;
  /** The original place that it came from; undefined when it was there. */
  from?: string;
}

export interface Store {
  /**
   * Brings a file into the cache. What is there is verified before it is taken for the file.
   * @param options.progress told as bytes come; also `done` that earlier runs left. Two who want the same file at the
   *   same time share one download, and its first caller's progress.
   * @throws UpstreamError (exit 3) with each URL and what it answered; HaloboxError (exit 1) for a full disk; Interrupted.
   */
  bring(
    wanted: Wanted,
    options?: { progress?: (done: number, total: number | undefined) => void },
  ): Promise<Brought>;
}

export interface StoreOptions {
  /** Folder; its `sha256/`, `fetching/` and `remembered/` are used. */
  cache: string;
  http: Pick<HttpClient, 'stream'>;
  signal: AbortSignal;
}
