/** Something that an upstream place offers, before anything is fetched of it. */
export interface Candidate {
  /** By the source's own grammar, as upstream writes it (with `+`, not `%2B`), e.g. 2.11.0+rocm7.14.0. */
  version: string;
  /** What the place calls it: a file name, a tag. */
  name: string;
  /** Where its bytes are, the original place and not a mirror; for git the repository. */
  url: string;
  /** When it was made, ISO 8601, as far as the place or the name tells. */
  date?: string;
  /** Hexadecimal, where the place tells it. */
  sha256?: string;
  /** Bytes, where the place tells it. */
  size?: number;
  /** The stamp that members of a set share, e.g. 7.14.0a20260630; see `stampOf`. */
  stamp?: string;
  /** git: full commit; oci: manifest digest (sha256:…). */
  revision?: string;
  /** What it says it needs of others, by source name: PEP 440 specifiers. */
  requires?: Readonly<Record<string, string>>;
}

/** A name that a place lists and that is no candidate, with the reason; newest first as far as it can be told. */
export interface PassedOver {
  version?: string;
  name: string;
  why: string;
}

export interface Listing {
  candidates: readonly Candidate[];
  passedOver: readonly PassedOver[];
}
