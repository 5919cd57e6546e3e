import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diffImages } from '../../src/compare/diff-images.ts';
import type { ImageSource } from '../../src/compare/image-source.ts';
import { engineImage } from '../../src/compare/open-image.ts';
import { findEngine } from '../../src/engine/find-engine.ts';

type Env = Record<string, string>;

/** An image as two engines hold it: the first path that is not the same, or how else they differ. */
export async function firstDifference(image: string, engines: [Env, Env], folder: string): Promise<string> {
  const place = join(folder, 'difference');
  const opened: ImageSource[] = [];
  try {
    for (const [index, env] of engines.entries()) {
      const inside = join(place, String(index));
      await mkdir(inside, { recursive: true });
      const engine = await findEngine(undefined, {
        env: { ...process.env, ...env },
        uid: 0,
        folders: { state: join(place, 'state'), cache: join(place, 'cache') },
      });
      try {
        opened.push(await engineImage(engine, image, inside, new AbortController().signal));
      } finally {
        await engine.close();
      }
    }
    const [one, other] = opened as [ImageSource, ImageSource];
    const { files, labels, layers } = await diffImages(one, other, new AbortController().signal);
    if (files[0]) return `/${files[0].path} is ${files[0].change}, the first of ${files.length}`;
    if (labels[0]) return `the label ${labels[0].name}: ${labels[0].from} and ${labels[0].to}`;
    const layer = layers.find((found) => found.in !== 'both');
    return layer ? `the layer "${layer.by}", though its files are the same` : 'the config alone';
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
