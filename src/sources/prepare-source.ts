import type { CatalogSeries } from '../catalog/read-series.ts';
import type { Pin } from '../model/lock.ts';
import { patchedTree } from './patched-tree.ts';
import type { PreparedSource } from './prepared.ts';
import type { Upstream } from './upstream.ts';

interface World {
  target: string;
  cache: string;
  upstream: Upstream;
  signal: AbortSignal;
}

/**
 * Brings one locked source to this machine, verified, unpacked and patched, before any engine is asked: a patch that
 * does not apply costs seconds. Nobody is asked what is the newest.
 * @param series applied to a tree, in this order.
 * @throws UpstreamError (exit 3); PatchConflict (exit 4) naming the patch, with git's words.
 */
export async function prepareSource(
  name: string,
  pin: Pin,
  series: readonly CatalogSeries[],
  { target, cache, upstream, signal }: World,
): Promise<PreparedSource> {
  const { version } = pin;
  const asTree = async (identity: PreparedSource['identity'], unpack: (into: string) => Promise<void>) => {
    const options = { target, cache, signal };
    const { tree, series: applied } = await patchedTree({ name, version, identity }, series, unpack, options);
    return { name, version, identity, content: { kind: 'tree' as const, path: tree }, series: applied };
  };
  switch (pin.kind) {
    case 'debian-source': {
      const { sha256 } = pin.file;
      return await asTree({ sha256 }, async (into) => {
        const { unpackTarball } = await import('./unpack.ts');
        const { file } = await upstream.bringFromPool(pin.file);
        await unpackTarball(file, into, { strip: 1, signal });
      });
    }
    case 'git': {
      const { revision } = pin;
      return await asTree({ revision }, (into) => upstream.bringCommit(pin, into));
    }
    case 'oci':
    case 'debian':
      throw new Error(`${name}: nothing of kind ${pin.kind} goes into a context`);
    default: {
      const { url, size, sha256, name: fileName } = pin.file;
      const { file } = await upstream.bring({ urls: [url], size, sha256 });
      const content = { kind: 'file' as const, path: file, name: fileName };
      return { name, version, identity: { sha256 }, content, series: [] };
    }
  }
}
