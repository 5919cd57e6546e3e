import { type Assembly, assemblyOf } from '../plan/assembly.ts';
import type { Origin } from '../plan/labels.ts';
import type { ImageBuild } from './image-build.ts';

/** How each image is put together, by its name. @param originOf what it tells of where it comes from. */
export async function assembliesOf(
  images: readonly ImageBuild[],
  originOf: (image: string) => Promise<Origin>,
): Promise<Map<string, Assembly>> {
  const assemblies = new Map<string, Assembly>();
  for (const build of images) {
    const { definition } = build.image;
    const origin = await originOf(definition.image);
    assemblies.set(definition.image, assemblyOf({ ...build, image: definition }, origin));
  }
  return assemblies;
}
