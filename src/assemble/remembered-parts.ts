import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { touch } from '../store/touch.ts';
import { writeWhole } from '../store/write-file.ts';
import type { Tree } from './inode.ts';
import { fixedTime, pythonSource, withFolders } from './part-blocks.ts';

/** Goes up when the same files give another tar than before. */
const partVersion = 2;

const factsSchema = z.object({ diffId: z.string().regex(/^sha256:[0-9a-f]{64}$/), size: z.int() });

/** What a part's tar is. */
export type PartFacts = z.infer<typeof factsSchema>;

/**
 * Names a part by all that its tar is made from, without reading the contents: where in which layer they are decides
 * them.
 */
export function identityOf(tree: Tree, paths: readonly string[]): string {
  const hash = createHash('sha256').update(`halobox-part ${partVersion} ${fixedTime}\n`);
  for (const path of withFolders(tree, paths)) {
    // Times are not kept; a folder has that of whatever was last put into it.
    const { content, xattrs, mtime: _mtime, text: _text, ...facts } = tree.get(path)!;
    const attributes = [...xattrs].map(([name, value]) => [name, value.toString('base64')]);
    const place = facts.type === 'file' && [content.tar.diffId, content.offset];
    const source = path.endsWith('.pyc') ? pythonSource(tree, path) : undefined;
    const fits = source && [source.mtime, source.size];
    hash.update(`${JSON.stringify([path, facts, attributes, place, fits])}\n`);
  }
  return hash.digest('hex');
}

export function recallPart(cache: string, identity: string): PartFacts | undefined {
  const file = fileOf(cache, identity);
  try {
    const facts = factsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    touch(file);
    return facts;
  } catch {
    return undefined;
  }
}

export function rememberPart(cache: string, identity: string, { diffId, size }: PartFacts): void {
  writeWhole(fileOf(cache, identity), JSON.stringify({ diffId, size }));
}

function fileOf(cache: string, identity: string): string {
  return join(cache, 'parts', `${identity}.json`);
}
