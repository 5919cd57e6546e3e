import type { Readable } from 'node:stream';
import { type ContextEntry, openContext } from '../context/open-context.ts';
import type { Engine } from '../engine/engine.ts';
import { UpstreamError } from '../model/error.ts';
import type { CachedLayer } from './cached-layer.ts';
import { digestOf } from './descriptor.ts';
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
  return engine.loadImage(archiveOf(config, files), signal);
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

/**
 * An archive as `docker save` writes it, the one kind that all engines load; layers stay packed as they are.
 * https://github.com/moby/docker-image-spec/blob/main/v1.2.md
 */
function archiveOf(config: Buffer, layers: readonly { diffId: string; file: string }[]): Readable {
  const hex = (digest: string) => digest.slice('sha256:'.length);
  const configPath = `${hex(digestOf(config))}.json`;
  const contents = [
    { Config: configPath, RepoTags: null, Layers: layers.map(({ diffId }) => `${hex(diffId)}.tar`) },
  ];
  // The same layer twice is one file.
  const files = new Map(layers.map(({ diffId, file }) => [`${hex(diffId)}.tar`, file]));
  const entries: ContextEntry[] = [
    { kind: 'text', path: 'manifest.json', text: JSON.stringify(contents) },
    { kind: 'text', path: configPath, text: config.toString('utf8') },
    ...[...files].map(([path, from]) => ({ kind: 'file' as const, path, from })),
  ];
  return openContext(entries, { time: 0 });
}
