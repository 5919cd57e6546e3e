import { diffImages } from '../../../compare/diff-images.ts';
import { writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import { type CompareOptions, withImages } from './open.ts';
import { diffText } from './text.ts';

export async function diff(
  old: string,
  now: string,
  options: CompareOptions,
  surroundings: Surroundings,
): Promise<void> {
  await withImages([old, now], options, surroundings, async ([before, after]) => {
    const found = await diffImages(before!, after!, surroundings.signal);
    if (options.json) writeDocument(surroundings, { old, new: now, ...found });
    else surroundings.stdout.write(diffText(found));
  });
}
