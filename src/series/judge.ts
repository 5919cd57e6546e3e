import semver from 'semver';
import { type Patch, parsePatch } from '../catalog/parse-patch.ts';
import type { CatalogPatch, CatalogSeries } from '../catalog/read-series.ts';
import type { PatchVerdict } from '../model/series.ts';
import { firstUnmet } from './conditions.ts';
import { type Conflict, explainConflict, fits, linesOf } from './explain-conflict.ts';
import type { GitFacts } from './find-tree.ts';
import { readInside } from './inside-tree.ts';
import { type Origin, originOf } from './origin.ts';
import { retarget } from './retarget.ts';
import { type FileState, Stage } from './stage.ts';

/** A project's tree that a series is held against. */
export interface ProjectTree {
  /** Real path. */
  root: string;
  version: string | undefined;
  git: GitFacts | undefined;
}

/** A patch for one target, with what became of it. */
export interface JudgedPatch extends PatchVerdict {
  definition: CatalogPatch;
  patch: Patch;
  conflict?: Conflict;
  /** The tree has the change of its own by now, though the patch is applied. */
  needless?: boolean;
  /** halobox applied it in another form than the series has now; only the record can take it back. */
  earlier?: boolean;
}

/** What a series is for a tree, and the files that it touches as they would be without it and with it. */
export interface Judgement {
  patches: readonly JudgedPatch[];
  without: ReadonlyMap<string, FileState | undefined>;
  with: ReadonlyMap<string, FileState | undefined>;
}

const earlierForm: Origin = { ours: true, how: 'applied by halobox in an earlier form, or changed since' };

/**
 * Holds a series against a tree, which is only read: first, from the last patch to the first, which of them are there
 * already; then, from the first to the last on the tree without them, which are needed and whether they fit.
 * @param recorded ids of patches that halobox itself applied here.
 * @param origin tells how a patch's text came into the tree.
 */
export async function judge(
  series: CatalogSeries,
  tree: ProjectTree,
  target: string,
  signal: AbortSignal,
  recorded: ReadonlySet<string> = new Set(),
  origin: typeof originOf = originOf,
): Promise<Judgement> {
  const patches = series.patches.map((definition) => ({
    definition,
    patch: parsePatch(retarget(definition.text, series.definition.written, target), definition.path),
  }));
  const stage = new Stage(
    tree.root,
    patches.flatMap(({ patch }) => patch.files.map(({ path }) => path)),
  );
  try {
    const meant = patches.map(({ definition }) => notMeant(series, definition, tree, target));
    const origins = new Map<Patch, Origin>();
    for (const [index, { definition, patch }] of [...patches.entries()].reverse()) {
      if (meant[index] !== undefined || (await stage.apply(patch, ['--reverse'], signal)) !== undefined)
        continue;
      const found: Origin = recorded.has(definition.id)
        ? { ours: true, how: 'applied by halobox' }
        : await origin(patch, tree, signal);
      origins.set(patch, found);
      if (!found.ours) await stage.apply(patch, [], signal);
    }
    for (const { definition, patch } of patches) {
      if (recorded.has(definition.id) && !origins.has(patch)) origins.set(patch, earlierForm);
    }
    const without = stage.states();
    const judged: JudgedPatch[] = [];
    for (const [index, one] of patches.entries()) {
      judged.push(await judgeOne(one, stage, tree, target, meant[index], origins.get(one.patch), signal));
    }
    return { patches: judged, without, with: stage.states() };
  } finally {
    stage.close();
  }
}

async function judgeOne(
  { definition, patch }: { definition: CatalogPatch; patch: Patch },
  stage: Stage,
  tree: ProjectTree,
  target: string,
  notMeant: string | undefined,
  origin: Origin | undefined,
  signal: AbortSignal,
): Promise<JudgedPatch> {
  const verdict = (verdict: PatchVerdict['verdict'], reason?: string): JudgedPatch => ({
    ...{ id: definition.id, verdict, ...(reason !== undefined && { reason }), definition, patch },
  });
  if (notMeant !== undefined) return verdict('not-applicable', notMeant);
  // Files that the series touches are read as they are without it, the others as they stand in the tree.
  const read = (path: string) => (stage.known.has(path) ? stage.read(path) : readInside(tree.root, path));
  const unmetRequirement = firstUnmet(definition.requires, target, read);
  if (unmetRequirement !== undefined) return verdict('not-applicable', unmetRequirement);
  const there = firstUnmet(definition.probe, target, read) === undefined;
  if (origin?.ours === false) return verdict('upstream', origin.how);
  if (there && origin === earlierForm) return { ...verdict('applied', origin.how), earlier: true };
  if (there && origin === undefined) {
    const { upstreamed } = definition;
    const since = upstreamed ? `, since ${upstreamed.since}: ${upstreamed.where}` : '';
    return verdict('upstream', `the tree has it of its own${since}`);
  }
  const refusal = ambiguous(patch, stage) ?? (await stage.apply(patch, [], signal));
  if (refusal === undefined) {
    if (origin === undefined || origin === earlierForm) return verdict('applies');
    return there
      ? {
          ...verdict('applied', `${origin.how}, but the tree has the change of its own by now: revert it`),
          needless: true,
        }
      : verdict('applied', origin.how);
  }
  const conflict = await explainConflict(patch, stage, tree.root, async (context) => {
    return (await stage.apply(patch, ['--check', `-C${context}`], signal)) === undefined;
  });
  return { ...verdict('conflict', conflictText(conflict)), conflict };
}

/** git takes the nearest place where a hunk fits; where there are several that would be a guess. */
function ambiguous(patch: Patch, stage: Stage): string | undefined {
  for (const { path, change, hunks } of patch.files) {
    const lines = change === 'modify' ? linesOf(stage.read(path) ?? '') : [];
    if (hunks.some(({ old }) => fits(old, lines).length > 1))
      return `a hunk fits at several places of ${path}`;
  }
  return undefined;
}

function conflictText({ file, hunk, nearest, what }: Conflict): string {
  const place = nearest === undefined ? '' : `:${nearest}`;
  return `${file}${place}: ${hunk === undefined ? '' : `hunk ${hunk}: `}${what}`;
}

/** Why a patch is not meant for this target or version; undefined when it is. */
function notMeant(
  { definition: { targets, versions } }: CatalogSeries,
  patch: CatalogPatch,
  { version }: ProjectTree,
  target: string,
): string | undefined {
  const served = patch.targets ?? targets;
  if (!served.includes(target)) return `it serves ${served.join(', ')}, not ${target}`;
  const parsed = semver.coerce(version);
  if (version === undefined || !parsed) return "the tree does not tell the project's version";
  for (const range of [versions, patch.versions]) {
    if (range !== undefined && !semver.satisfies(parsed, range))
      return `it is meant for ${range}, not ${version}`;
  }
  return undefined;
}
