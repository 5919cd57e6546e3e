import { relative } from 'node:path';
import { conflictLines } from '../../../series/conflict-lines.ts';
import type { ProjectPlace, Tree } from '../../../series/find-tree.ts';
import type { Survey, Surveyed } from '../../../series/survey.ts';
import { table } from '../../output.ts';

const kinds: Readonly<Record<Tree['kind'], string>> = {
  therock: 'TheRock',
  'rocm-systems': 'rocm-systems',
  rccl: 'RCCL',
  other: 'source tree',
};

/** What a tree is, a line each: kind and version, git, where RCCL comes from. */
function treeText({ root, kind, version, git, pins }: Tree, places: readonly ProjectPlace[]): string {
  const commit = git?.commit ? `commit ${git.commit.slice(0, 9)}` : undefined;
  const state = git
    ? [commit ?? 'no commit', git.shallow ? 'shallow' : '']
    : ['no git: what was changed by hand is not seen'];
  const rows = [
    ['tree', [root, [kinds[kind], version].filter(Boolean).join(' '), ...state].filter(Boolean).join(', ')],
  ];
  for (const place of places) {
    if (place.state !== 'present' || place.path === '.') continue;
    rows.push(['', `${place.path}: version ${place.version ?? 'unknown'}`]);
  }
  for (const { path, commit: pin, url } of pins)
    rows.push(['pin', `${path} ${pin?.slice(0, 9) ?? 'unknown'}${url ? ` of ${url}` : ''}`]);
  return table(rows);
}

/** A table of verdicts, and below it what conflicts. */
export function surveyText({ tree, series, target }: Survey): string {
  const places = [...new Map(series.map(({ place }) => [JSON.stringify(place), place])).values()];
  const rows = [['SERIES', 'PATCH', 'VERDICT', `WHY (${target})`]];
  for (const { series: one, verdict, patches } of series) {
    const reasons = new Set(patches.map(({ reason }) => reason));
    const name = one.definition.series;
    // One line where all of its patches have the same to say.
    if (patches.every((patch) => patch.verdict === verdict) && reasons.size === 1) {
      rows.push([
        name,
        patches.length === 1 ? patches[0]!.id : `all ${patches.length}`,
        verdict,
        patches[0]!.reason ?? '',
      ]);
      continue;
    }
    rows.push([name, '', verdict, '']);
    for (const patch of patches) rows.push(['', patch.id, patch.verdict, patch.reason ?? '']);
  }
  const conflicts = series.flatMap(conflictText);
  const half = series.filter(({ halfDone }) => halfDone).map(({ series: one }) => one.definition.series);
  const killed =
    half.length > 0
      ? 'A run was killed while it patched this tree; the next apply, revert or verify repairs it.\n'
      : '';
  return [treeText(tree, places), '\n', table(rows), ...conflicts, killed].join('');
}

function conflictText({ series, patches, place }: Surveyed): string[] {
  const path = place.state === 'present' ? place.path : '.';
  return patches.flatMap((patch) => {
    if (!('conflict' in patch) || !patch.conflict) return [];
    const file = relative('.', patch.definition.path);
    const line = patch.conflict.line === undefined ? '' : `:${patch.conflict.line}`;
    const head = `\n${series.definition.series}, ${patch.id} (${file}${line}):\n`;
    return [head, ...conflictLines(patch, path).map((text) => `    ${text}\n`)];
  });
}

/** The same as a document. */
export function surveyDocument({ tree, target, series }: Survey) {
  return {
    tree: { root: tree.root, kind: tree.kind, version: tree.version, git: tree.git, pins: tree.pins },
    target,
    series: series.map(({ series: one, verdict, place, patches, applied, halfDone }) => ({
      series: one.definition.series,
      project: one.project.name,
      digest: one.digest,
      verdict,
      place,
      patches: patches.map((patch) => ({
        id: patch.id,
        verdict: patch.verdict,
        reason: patch.reason,
        ...('conflict' in patch && { conflict: patch.conflict }),
      })),
      applied: applied && { digest: applied.digest, target: applied.target, patches: applied.patches },
      halfDone,
    })),
  };
}
