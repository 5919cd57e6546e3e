/** An engine of a test's own. */
export interface Started {
  /** By which halobox finds it and no other. */
  env: Record<string, string>;
  stop(): Promise<void>;
}
