import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CatalogSeries } from '../catalog/read-series.ts';
import { PatchConflict } from '../model/error.ts';
import type { DebianSource } from '../model/image.ts';
import type { PatchVerdict } from '../model/series.ts';
import { applySeries } from '../series/verdict.ts';
import { writeWhole } from '../store/write-file.ts';
import { debianMirrors, poolPath } from './debian-pool.ts';
import { download } from './download.ts';
import { unpackTarball } from './unpack.ts';

/** A source's tree on the host, patched, ready for a context. */
export interface PreparedSource {
  name: string;
  version: string;
  /** sha256 of the file that it was unpacked from. */
  sha256: string;
  tree: string;
  /** What was done to the tree, in order. */
  series: readonly AppliedSeries[];
}

interface AppliedSeries {
  name: string;
  digest: string;
  verdicts: readonly PatchVerdict[];
}

const recordSchema = z.array(
  z.object({
    name: z.string(),
    digest: z.string(),
    verdicts: z.array(
      z.object({
        id: z.string(),
        verdict: z.enum(['applies', 'applied', 'conflict', 'not-applicable']),
        reason: z.string().exactOptional(),
      }),
    ),
  }),
);

/** Goes up when a prepared tree is kept in another way, so that what an older halobox left is not taken for one. */
const layout = 2;

/**
 * Fetches, verifies, unpacks and patches one source, all on the host and before any engine is asked: a patch that
 * does not apply costs seconds. The tree is kept under its content's address and made whole or not at all.
 * @param series applied in this order; none: the tree stays as upstream has it.
 * @throws UpstreamError (exit 3); PatchConflict (exit 4) naming the patch, with git's words.
 */
export async function prepareSource(
  name: string,
  source: DebianSource,
  series: readonly CatalogSeries[],
  options: { target: string; cache: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<PreparedSource> {
  const { target, cache, env, signal } = options;
  const file = join(cache, 'downloads', source.sha256, source.file);
  const address = createHash('sha256')
    .update(
      JSON.stringify([layout, source.sha256, source.version, target, series.map(({ digest }) => digest)]),
    )
    .digest('hex');
  const place = join(cache, 'trees', address);
  const record = join(place, 'series.json');
  const tree = join(place, 'tree');
  if (!existsSync(place)) {
    const urls = async () => (await debianMirrors(env)).map((mirror) => mirror + poolPath(source));
    await download(urls, source, file, signal);
    await mkdir(dirname(place), { recursive: true });
    const beside = `${place}.${randomUUID()}.partial`;
    try {
      await unpackTarball(file, join(beside, 'tree'), { strip: 1, signal });
      const applied: AppliedSeries[] = [];
      for (const one of series) {
        const verdicts = await applySeries(join(beside, 'tree'), one, source.version, target, signal);
        refuseConflict(one, verdicts, `${name} ${source.version}`);
        applied.push({ name: one.definition.series, digest: one.digest, verdicts });
      }
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
    name,
    version: source.version,
    sha256: source.sha256,
    tree,
    series: recordSchema.parse(JSON.parse(readFileSync(record, 'utf8'))),
  };
}

function refuseConflict(series: CatalogSeries, verdicts: readonly PatchVerdict[], source: string): void {
  const conflict = verdicts.find(({ verdict }) => verdict === 'conflict');
  if (!conflict) return;
  const file = series.patches.find(({ id }) => id === conflict.id)?.file ?? conflict.id;
  throw new PatchConflict({
    what: `patch ${conflict.id} of series ${series.definition.series} does not apply to ${source}`,
    where: { file },
    detail: (conflict.reason ?? '').split('\n'),
    next: 'Rework the patch for this version, or leave the series out with --without-series.',
  });
}
