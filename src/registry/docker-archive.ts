import type { Readable } from 'node:stream';
import { type ContextEntry, openContext } from '../context/open-context.ts';
import { digestOf } from './descriptor.ts';

/**
 * An archive as `docker save` writes it, the one kind that all engines load; layers stay packed as they are.
 * https://github.com/moby/docker-image-spec/blob/main/v1.2.md
 */
export function dockerArchive(config: Buffer, layers: readonly { diffId: string; file: string }[]): Readable {
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
