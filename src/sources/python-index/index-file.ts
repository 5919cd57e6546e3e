/** One file of a project, as either form of the index tells it; every text is still upstream's own. */
export interface IndexFile {
  name: string;
  url: string;
  sha256?: string | undefined;
  size?: number | undefined;
  /** ISO 8601. */
  date?: string | undefined;
  requiresPython?: string | undefined;
  /** The reason of PEP 592, which may be empty; undefined when it is not yanked. */
  yanked?: string | undefined;
}

/** An entry that can't be used at all. */
export interface RefusedFile {
  name: string;
  why: string;
}

export interface IndexPage {
  files: readonly IndexFile[];
  refused: readonly RefusedFile[];
}
