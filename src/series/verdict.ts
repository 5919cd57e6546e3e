import semver from 'semver';
import type { CatalogSeries } from '../catalog/read-series.ts';
import type { PatchVerdict } from '../model/series.ts';
import { gitApply } from './git-apply.ts';

/** Why a series is not meant for this version or target; undefined when it is. */
function notApplicable(series: CatalogSeries, version: string, target: string): string | undefined {
  const { targets, versions } = series.definition;
  if (!targets.includes(target)) return `it serves ${targets.join(', ')}, not ${target}`;
  const parsed = semver.coerce(version);
  if (!parsed || !semver.satisfies(parsed, versions)) return `it is meant for ${versions}, not ${version}`;
  return undefined;
}

/**
 * Applies a whole series to a tree that is ours alone (a fresh copy), each patch exactly: no fuzz, no offset into
 * other text than it names. A patch that the tree already has is passed over.
 * @returns a verdict per patch, in order; nothing after a conflict is tried.
 */
export async function applySeries(
  tree: string,
  series: CatalogSeries,
  version: string,
  target: string,
  signal: AbortSignal,
): Promise<PatchVerdict[]> {
  const reason = notApplicable(series, version, target);
  if (reason !== undefined)
    return series.patches.map(({ id }) => ({ id, verdict: 'not-applicable', reason }));
  const verdicts: PatchVerdict[] = [];
  for (const { id, file } of series.patches) {
    const refusal = await gitApply(tree, file, [], signal);
    if (refusal === undefined) {
      verdicts.push({ id, verdict: 'applies' });
      continue;
    }
    const there = (await gitApply(tree, file, ['--reverse', '--check'], signal)) === undefined;
    verdicts.push(there ? { id, verdict: 'applied' } : { id, verdict: 'conflict', reason: refusal });
    if (!there) break;
  }
  return verdicts;
}
