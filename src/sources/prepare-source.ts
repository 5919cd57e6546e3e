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
  series?: {
    name: string;
    digest: string;
    verdicts: readonly PatchVerdict[];
  };
}

const verdictsSchema = z.array(
  z.object({
    id: z.string(),
    verdict: z.enum(['applies', 'applied', 'conflict', 'not-applicable']),
    reason: z.string().optional(),
  }),
);

/**
 * Fetches, verifies, unpacks and patches one source, all on the host and before any engine is asked: a patch that
 * does not apply costs seconds. The tree is kept under its content's address and made whole or not at all.
 * @param series undefined: the tree stays as upstream has it.
 * @throws UpstreamError (exit 3); PatchConflict (exit 4) naming the patch, with git's words.
 */
export async function prepareSource(
  name: string,
  source: DebianSource,
  series: CatalogSeries | undefined,
  options: { target: string; cache: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<PreparedSource> {
  const { target, cache, env, signal } = options;
  const file = join(cache, 'downloads', source.sha256, source.file);
  const address = createHash('sha256')
    .update(JSON.stringify([source.sha256, source.version, target, series?.digest ?? null]))
    .digest('hex');
  const tree = join(cache, 'trees', address);
  const record = `${tree}.verdicts.json`;
  if (!existsSync(tree) || !existsSync(record)) {
    const urls = async () => (await debianMirrors(env)).map((mirror) => mirror + poolPath(source));
    await download(urls, source, file, signal);
    await mkdir(dirname(tree), { recursive: true });
    const beside = `${tree}.${randomUUID()}.partial`;
    try {
      await unpackTarball(file, beside, { strip: 1 });
      const verdicts = series ? await applySeries(beside, series, source.version, target, signal) : [];
      refuseConflict(series, verdicts, `${name} ${source.version}`);
      await rm(tree, { recursive: true, force: true });
      writeWhole(record, `${JSON.stringify(verdicts, undefined, 2)}\n`);
      await rename(beside, tree);
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
  }
  const verdicts = verdictsSchema.parse(JSON.parse(readFileSync(record, 'utf8'))) as PatchVerdict[];
  return {
    name,
    version: source.version,
    sha256: source.sha256,
    tree,
    ...(series && { series: { name: series.definition.series, digest: series.digest, verdicts } }),
  };
}

function refuseConflict(
  series: CatalogSeries | undefined,
  verdicts: readonly PatchVerdict[],
  source: string,
): void {
  const conflict = verdicts.find(({ verdict }) => verdict === 'conflict');
  if (!series || !conflict) return;
  const file = series.patches.find(({ id }) => id === conflict.id)?.file ?? conflict.id;
  throw new PatchConflict({
    what: `patch ${conflict.id} of series ${series.definition.series} does not apply to ${source}`,
    where: { file },
    detail: (conflict.reason ?? '').split('\n'),
    next: 'Rework the patch for this version, or leave the series out with --without-series.',
  });
}
