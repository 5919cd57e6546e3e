import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CatalogSeries } from '../catalog/read-series.ts';
import { patchVerdictSchema } from '../model/series.ts';
import { touch } from '../store/touch.ts';
import { writeWhole } from '../store/write-file.ts';
import type { AppliedSeries, PreparedSource } from './prepared.ts';

const recordSchema = z.array(
  z.object({
    name: z.string(),
    digest: z.string(),
    patches: z.record(z.string(), z.string()),
    verdicts: z.array(patchVerdictSchema),
  }),
);

/** Goes up when a prepared tree is kept in another way, so that what an older halobox left is not taken for one. */
const layout = 4;

/**
 * A source's tree with its series applied, kept in the cache under its content's address and made whole or not at all.
 * @param source its name and version, and what its bytes are known by.
 * @param series applied in this order; none: the tree stays as upstream has it.
 * @param unpack brings the tree to a folder that is not there yet; only asked where it must be made.
 * @throws PatchConflict (exit 4) naming the patch, with git's words.
 */
export async function patchedTree(
  { name, version, identity }: Pick<PreparedSource, 'name' | 'version' | 'identity'>,
  series: readonly CatalogSeries[],
  unpack: (into: string) => Promise<void>,
  { target, cache, signal }: { target: string; cache: string; signal: AbortSignal },
): Promise<{ tree: string; series: readonly AppliedSeries[] }> {
  const address = createHash('sha256')
    .update(
      JSON.stringify([
        layout,
        ...Object.values(identity),
        version,
        target,
        series.map(({ digest }) => digest),
      ]),
    )
    .digest('hex');
  const place = join(cache, 'trees', address);
  const record = join(place, 'series.json');
  if (existsSync(place)) touch(place);
  else {
    await mkdir(dirname(place), { recursive: true });
    const beside = `${place}.${randomUUID()}.partial`;
    try {
      // Loaded where a tree is made only: most builds have theirs.
      const { makeTree } = await import('./make-tree.ts');
      const tree = join(beside, 'tree');
      const applied = await makeTree(tree, unpack, series, `${name} ${version}`, target, signal);
      writeWhole(join(beside, 'series.json'), `${JSON.stringify(applied, undefined, 2)}\n`);
      // Another run may have been faster; what stands there was made from the same bytes.
      await rename(beside, place).catch((error: unknown) => {
        if (!existsSync(record)) throw error;
      });
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
  }
  return {
    tree: join(place, 'tree'),
    series: recordSchema.parse(JSON.parse(readFileSync(record, 'utf8'))),
  };
}
