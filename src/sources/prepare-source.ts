import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CatalogSeries } from '../catalog/read-series.ts';
import { PatchConflict } from '../model/error.ts';
import type { DebianSource } from '../model/image.ts';
import { type PatchVerdict, patchVerdictSchema } from '../model/series.ts';
import { conflictLines } from '../series/conflict-lines.ts';
import type { JudgedPatch } from '../series/judge.ts';
import { patchOwnTree } from '../series/patch-own-tree.ts';
import { writeWhole } from '../store/write-file.ts';
import { openStore } from './artefacts/open-store.ts';
import { debianMirrors, poolPath } from './debian-pool.ts';
import { readMirrors } from './http/mirrors.ts';
import { openHttp } from './http/open-http.ts';
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
  z.object({ name: z.string(), digest: z.string(), verdicts: z.array(patchVerdictSchema) }),
);

/** Goes up when a prepared tree is kept in another way, so that what an older halobox left is not taken for one. */
const layout = 3;

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
    const http = openHttp({ cache, mirrors: readMirrors(env, homedir()), env, signal, now: Date.now });
    const { file } = await openStore({ cache, http, signal }).bring({ ...source, urls });
    await mkdir(dirname(place), { recursive: true });
    const beside = `${place}.${randomUUID()}.partial`;
    try {
      await unpackTarball(file, join(beside, 'tree'), { strip: 1, signal });
      const applied: AppliedSeries[] = [];
      for (const one of series) {
        const patches = await patchOwnTree(join(beside, 'tree'), one, target, signal);
        refuseConflict(one, patches, `${name} ${source.version}`);
        const verdicts = patches.map((patch) => patchVerdictSchema.parse(patch));
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

function refuseConflict(
  { definition, patches }: CatalogSeries,
  judged: readonly JudgedPatch[],
  source: string,
): void {
  const conflict = judged.find(({ verdict }) => verdict === 'conflict');
  if (!conflict) return;
  throw new PatchConflict({
    what: `patch ${conflict.id} of series ${definition.series} does not apply to ${source}`,
    where: { file: patches.find(({ id }) => id === conflict.id)!.path },
    detail: conflictLines(conflict, '.'),
    next: 'Rework the patch for this version, or leave the series out with --without-series.',
  });
}
