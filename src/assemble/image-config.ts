import { z } from 'zod';
import { label } from '../plan/labels.ts';
import { parsed } from '../registry/descriptor.ts';
import { fixedTime } from './part-blocks.ts';

/** Of what an engine writes into a config only what runs the image: no container of a build, no engine's version. */
const builtSchema = z.object({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().nullish(),
  // Engines write null where there is nothing.
  config: z
    .object({
      User: z.string().nullish(),
      ExposedPorts: z.record(z.string(), z.object({})).nullish(),
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      Volumes: z.record(z.string(), z.object({})).nullish(),
      WorkingDir: z.string().nullish(),
      StopSignal: z.string().nullish(),
      Healthcheck: z.record(z.string(), z.unknown()).nullish(),
      OnBuild: z.array(z.string()).nullish(),
      Shell: z.array(z.string()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
});

export interface AssembledLayer {
  name: string;
  diffId: string;
}

/**
 * The config of the released image, https://github.com/opencontainers/image-spec/blob/main/config.md. Equal facts give
 * equal bytes on every engine.
 * @param built config of the image that was built.
 * @param facts.created of the image; its layers' history has the fixed time.
 */
export function configOf(
  built: Buffer,
  layers: readonly AssembledLayer[],
  facts: { labels: Readonly<Record<string, string>>; created: Date },
): Buffer {
  const { architecture, os, variant, config } = builtSchema.parse(parsed(built));
  const { Labels, WorkingDir, ...rest } = config ?? {};
  const labels: Readonly<Record<string, string>> = { ...Labels, ...facts.labels };
  // The engine's, and what tells of its layers, which are not those of the released image.
  const names = Object.keys(labels).filter((name) => !name.startsWith('io.buildah.') && name !== label.chain);
  return Buffer.from(
    JSON.stringify({
      architecture,
      os,
      ...(variant && { variant }),
      created: facts.created.toISOString(),
      config: {
        ...Object.fromEntries(Object.entries(rest).filter(([, value]) => !isEmpty(value))),
        // Podman says what others leave out.
        ...(!['', '/'].includes(WorkingDir ?? '') && { WorkingDir }),
        Labels: Object.fromEntries(names.sort().map((name) => [name, labels[name]])),
      },
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      history: layers.map(({ name }) => ({
        created: new Date(fixedTime * 1000).toISOString(),
        created_by: `halobox ${name}`,
      })),
    }),
  );
}

function isEmpty(value: unknown): boolean {
  return !value || Object.keys(value).length === 0;
}
