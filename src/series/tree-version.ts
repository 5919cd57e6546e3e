import type { Project } from '../model/project.ts';
import { readInside } from './inside-tree.ts';

/** The version that a project's tree says of itself, e.g. 2.21.5; undefined when it can't be told. */
export function treeVersion(root: string, { version }: Project): string | undefined {
  const text = readInside(root, version.file);
  if (text === undefined) return undefined;
  const parts = version.after.map((before) => {
    const words = before.trim().split(/\s+/).map(escaped).join('\\s*');
    return new RegExp(`${words}\\s*([0-9][0-9A-Za-z.+-]{0,63})`).exec(text)?.[1];
  });
  return parts.every((part) => part !== undefined) ? parts.join('.') : undefined;
}

function escaped(word: string): string {
  return word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
