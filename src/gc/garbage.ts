/** A layer as an engine holds it. */
export interface HeldLayer {
  reference: string;
  key: string;
  /** Of a released image the key of the layer that it was put together from. */
  final?: string | undefined;
  /** Other names of the same image: a release, or what a person gave it. */
  named: boolean;
  /** Milliseconds since 1970. */
  created: number;
  /** Bytes. */
  size: number;
}

/** A file or folder of the cache. */
export interface CachedThing {
  path: string;
  /** By which a lock or a build names it, where it has one. */
  sha256?: string;
  /** When it was last written or used. Milliseconds since 1970. */
  touched: number;
  /** Bytes. */
  size: number;
}

export interface Removal {
  kind: 'layer' | 'cache';
  /** Reference or path. */
  what: string;
  /** Of a layer. */
  key?: string;
  /** Of something in the cache. */
  touched?: number;
  /** Bytes; of layers with what they share with others. */
  size: number;
  why: string;
}

export interface Kept {
  /** Keys of the layers that were last built or used, of every image. */
  keys: ReadonlySet<string>;
  /** Digests that locks and the last builds name. */
  digests: ReadonlySet<string>;
  inUse: (key: string) => boolean;
  fileInUse: (path: string) => boolean;
  /** What is younger stays. Milliseconds since 1970. */
  since: number;
}

/** What nobody would miss: no lock, tag, recent build or running one names it, and it is not young. */
export function garbageOf(
  layers: readonly HeldLayer[],
  cache: readonly CachedThing[],
  { keys, digests, inUse, fileInUse, since }: Kept,
): Removal[] {
  const released = new Set(layers.flatMap(({ named, final }) => (named && final ? [final] : [])));
  // A released image tells when its commit was made; it is no older than the layer that it was put together from.
  const createdOf = new Map(layers.map(({ key, created }) => [key, created]));
  const oldLayers = layers.filter(
    ({ key, final, named, created }) =>
      !named &&
      Math.max(created, createdOf.get(final ?? '') ?? 0) < since &&
      !keys.has(key) &&
      !released.has(key) &&
      !inUse(key),
  );
  const oldThings = cache.filter(
    ({ path, sha256, touched }) =>
      touched < since && (sha256 === undefined || !digests.has(sha256)) && !fileInUse(path),
  );
  return [
    ...oldLayers.map(({ reference, key, size }) => ({
      kind: 'layer' as const,
      what: reference,
      key,
      size,
      why: 'its layer was built anew since, or is in no image any more',
    })),
    ...oldThings.map(({ path, size, sha256, touched }) => ({
      kind: 'cache' as const,
      what: path,
      touched,
      size,
      why: sha256 === undefined ? 'it can be made again' : 'no lock and no recent build names it',
    })),
  ].sort((a, b) => b.size - a.size || (a.what < b.what ? -1 : 1));
}
