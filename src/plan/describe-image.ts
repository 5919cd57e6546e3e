import { z } from 'zod';
import type { ImageFacts } from '../engine/engine.ts';
import { label } from './labels.ts';

const source = z.object({
  version: z.string(),
  sha256: z.string().optional(),
  revision: z.string().optional(),
});
const series = z.object({
  digest: z.string().optional(),
  verdicts: z
    .array(z.object({ id: z.string(), verdict: z.string(), reason: z.string().optional() }))
    .optional(),
  off: z.boolean().optional(),
});

/** What an engine says of an image, with halobox's labels read back. Labels of others' images may hold anything. */
export interface ImageDescription extends Omit<ImageFacts, 'labels'> {
  image: string | undefined;
  version: string | undefined;
  key: string | undefined;
  target: string | undefined;
  base: string | undefined;
  revision: string | undefined;
  arguments: Record<string, string>;
  sources: Record<string, z.infer<typeof source>>;
  series: Record<string, z.infer<typeof series>>;
  /** `patched` or `stock`; undefined where that was no choice. */
  rccl: { decided: string; why: string | undefined } | undefined;
  untested: string[];
}

export function describeImage({ labels, ...facts }: ImageFacts): ImageDescription {
  const read = <T>(name: string, schema: z.ZodType<T>, otherwise: T): T => {
    const text = labels[name];
    if (text === undefined) return otherwise;
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      return otherwise;
    }
  };
  const decided = labels[label.rccl];
  return {
    ...facts,
    image: labels[label.image],
    version: labels[label.version],
    key: labels[label.key],
    target: labels[label.target],
    base: labels[label.base],
    revision: labels['org.opencontainers.image.revision'],
    arguments: read(label.arguments, z.record(z.string(), z.string()), {}),
    sources: read(label.sources, z.record(z.string(), source), {}),
    series: read(label.series, z.record(z.string(), series), {}),
    rccl: decided === undefined ? undefined : { decided, why: labels[label.rcclWhy] },
    untested: read(label.untested, z.array(z.string()), []),
  };
}
