import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What `inspect` says of an image in overlay storage: folders, joined by colons, the upper ones before the lower. */
export interface OverlayFolders {
  LowerDir?: string;
  UpperDir: string;
}

/**
 * What is below a folder of an image, read where the engine keeps it: `<path> <mode> <sha256 of the content or target
 * of the link>` of all but folders, sorted. No container is started for it, and no cache of the engine answers.
 */
export function imageFiles({ UpperDir, LowerDir }: OverlayFolders, folder: string): string[] {
  const found = new Map<string, string>();
  for (const layer of [UpperDir, ...(LowerDir?.split(':') ?? [])]) {
    const inside = join(layer, folder);
    if (!existsSync(inside)) continue;
    for (const entry of readdirSync(inside, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      const path = file.slice(layer.length + 1);
      if (!entry.isDirectory() && !found.has(path)) found.set(path, `${path} ${contentOf(file)}`);
    }
  }
  return [...found.values()].sort();
}

function contentOf(file: string): string {
  const facts = lstatSync(file);
  const mode = (facts.mode & 0o7777).toString(8);
  if (facts.isSymbolicLink()) return `${mode} → ${readlinkSync(file)}`;
  return `${mode} ${facts.isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'special'}`;
}
