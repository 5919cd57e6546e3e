import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PodmanInfo } from './podman-info.ts';

export type ContainerStore = Pick<PodmanInfo['store'], 'graphRoot' | 'graphDriverName'>;

/** https://github.com/containers/storage/blob/main/containers.go, `type Container` */
const container = z.object({
  id: z.string(),
  names: z.array(z.string()).default([]),
  metadata: z.string().default(''),
  created: z.string(),
});

/** Where Podman keeps containers, each in a folder of its id. */
export function containersFolder({ graphRoot, graphDriverName }: ContainerStore): string {
  return join(graphRoot, `${graphDriverName}-containers`);
}

/** All that have a root file system in that folder, also those that no program knows of any more. */
export async function storedContainers(folder: string): Promise<z.infer<typeof container>[]> {
  const files = ['containers.json', 'volatile-containers.json'];
  return (await Promise.all(files.map((file) => listed(join(folder, file))))).flat();
}

async function listed(file: string): Promise<z.infer<typeof container>[]> {
  try {
    return z.array(container).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Not there, or of a version that keeps them otherwise: then such a container stays.
    return [];
  }
}
