import type { Engine } from '../engine/engine.ts';
import { UpstreamError } from '../model/error.ts';
import type { CachedLayer } from './cached-layer.ts';
import { dockerArchive } from './docker-archive.ts';
import type { Registry } from './open-registry.ts';

/**
 * Fetches a cached layer's blobs and loads them into the engine, which checks each against the config once more.
 * @returns the image id; the image has no name yet.
 * @throws UpstreamError; EngineError for what the engine does not take; Interrupted.
 */
export async function pullLayer(
  registry: Registry,
  { config, blobs }: CachedLayer,
  engine: Engine,
  signal: AbortSignal,
): Promise<string> {
  const files = await Promise.all(
    blobs.map(async ({ blob, diffId }) => ({ diffId, file: await registry.bringBlob(blob) })),
  );
  return engine.loadImage(dockerArchive(config, files), signal);
}

/** The key stands in the image itself too, as the engine reads it. @throws UpstreamError when it is another. */
export async function ensureKey(engine: Engine, id: string, label: string, key: string): Promise<void> {
  const found = (await engine.inspectImage(id))?.labels[label];
  if (found === key) return;
  throw new UpstreamError({
    what: `the loaded image has ${found ?? 'nothing'} in its label ${label}`,
    where: id,
    next: 'The layer is built instead.',
  });
}
