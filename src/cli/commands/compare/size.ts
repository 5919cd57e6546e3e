import { sizeOf } from '../../../compare/size-of.ts';
import { writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import { type CompareOptions, withImages } from './open.ts';
import { sizeText } from './text.ts';

export async function size(name: string, options: CompareOptions, surroundings: Surroundings): Promise<void> {
  await withImages([name], options, surroundings, async ([image]) => {
    const found = await sizeOf(image!, surroundings.signal);
    if (options.json) writeDocument(surroundings, { image: name, ...found });
    else surroundings.stdout.write(sizeText(found));
  });
}
