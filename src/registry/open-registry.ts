import { openStore } from '../sources/artefacts/open-store.ts';
import type { HttpClient } from '../sources/http/http.ts';
import { type Blob, bringBlob, getBlob, hasBlob } from './blobs.ts';
import type { Credentials } from './credentials.ts';
import type { Descriptor } from './descriptor.ts';
import { deleteManifest, getManifest, headManifest, type Manifest, mostManifest } from './manifests.ts';
import type { Repository } from './reference.ts';
import { listReferrers, putReferrer } from './referrers.ts';
import { openSession } from './session.ts';
import { listTags } from './tags.ts';
import { mountBlob, putBlob } from './upload.ts';

export interface RegistryOptions {
  repository: Repository;
  http: HttpClient;
  credentials: Credentials;
  /** Folder of files by content, where large blobs go. */
  cache: string;
  signal: AbortSignal;
}

/**
 * One repository by the distribution protocol, https://github.com/opencontainers/distribution-spec/blob/main/spec.md.
 * Bytes are kept as they are and checked against their digests. Everything throws UpstreamError (exit 3) with URL,
 * status and what to do, never with a secret; Interrupted when the signal is aborted.
 */
export interface Registry {
  readonly repository: Repository;
  /** @param reference a tag or a digest. @returns undefined when there is none. */
  getManifest(reference: string): Promise<Manifest | undefined>;
  /** @returns the digest; undefined when there is none. */
  headManifest(reference: string): Promise<string | undefined>;
  /** Of a manifest with a subject the list of referrers is kept too, where the registry does not. @returns its digest. */
  putManifest(manifest: Omit<Manifest, 'digest'>, reference: string): Promise<string>;
  /** With every tag on it. @returns false when it was not there. */
  deleteManifest(digest: string): Promise<boolean>;
  hasBlob(digest: string): Promise<boolean>;
  /** A blob of at most 4 MiB. */
  getBlob(digest: string): Promise<Buffer>;
  /** A blob of any size as a file of the cache; continued where an earlier run was cut. */
  bringBlob(blob: Descriptor): Promise<string>;
  /** @returns false when it was there. */
  putBlob(blob: Blob): Promise<boolean>;
  /** Takes a blob over from another repository of this registry. @returns false when it can't be had there. */
  mountBlob(digest: string, from: string): Promise<boolean>;
  /** Without those that stand for referrers. */
  tags(): Promise<string[]>;
  /** What names the digest as its subject. */
  referrers(digest: string, artifactType?: string): Promise<Descriptor[]>;
}

export function openRegistry({ repository, http, credentials, cache, signal }: RegistryOptions): Registry {
  const session = openSession(repository, http, credentials);
  const store = openStore({ cache, http: session, signal });
  return {
    repository,
    getManifest: (reference) => getManifest(session, reference),
    headManifest: (reference) => headManifest(session, reference),
    putManifest: (manifest, reference) => putReferrer(session, manifest, reference),
    deleteManifest: (digest) => deleteManifest(session, digest),
    hasBlob: (digest) => hasBlob(session, digest),
    getBlob: (digest) => getBlob(session, digest, mostManifest),
    bringBlob: (blob) => bringBlob(session, store, blob),
    putBlob: (blob) => putBlob(session, blob),
    mountBlob: (digest, from) => mountBlob(session, digest, from),
    tags: () => listTags(session),
    referrers: (digest, artifactType) => listReferrers(session, digest, artifactType),
  };
}
