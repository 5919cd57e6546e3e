import type { Image } from '../model/image.ts';
import { tagText } from '../model/tag.ts';

/**
 * The references that a released image should have and does not have yet. Tags with a time are given once: a
 * reused image keeps the one of its build.
 * @param present references it has, with or without a registry in front (Podman puts `localhost/` there).
 */
export function missingTags(
  image: Pick<Image, 'image' | 'tags'>,
  version: string,
  time: Date,
  present: readonly string[],
): string[] {
  const has = new Set(present.map((reference) => reference.replace(/^localhost\//, '')));
  const anyTime = (pattern: string): boolean => {
    const [before = '', after = ''] = tagText(pattern.replace('{time}', '\0'), version, time).split('\0');
    const start = `${image.image}:${before}`;
    return [...has].some(
      (reference) =>
        reference.startsWith(start) &&
        reference.endsWith(after) &&
        /^\d{8}-\d{6}$/.test(reference.slice(start.length, reference.length - after.length)),
    );
  };
  return image.tags
    .filter((pattern) => !(pattern.includes('{time}') && anyTime(pattern)))
    .map((pattern) => `${image.image}:${tagText(pattern, version, time)}`)
    .filter((reference) => !has.has(reference));
}

/** References of the released image among all of an image's, without layers' own names, sorted. */
export function releaseReferences(image: string, present: readonly string[]): string[] {
  return present.filter((reference) => reference.replace(/^localhost\//, '').startsWith(`${image}:`)).sort();
}
