import type { CatalogSeries } from '../catalog/read-series.ts';
import { InvalidInput } from '../model/error.ts';
import { seriesVerdict, type Verdict } from '../model/series.ts';
import { findTree, gitFacts, type ProjectPlace, placeOf, type Tree } from './find-tree.ts';
import { type JudgedPatch, type Judgement, judge, type ProjectTree } from './judge.ts';
import { type Applied, readRecord, recordFolder } from './record.ts';
import { isHalfDone } from './transaction.ts';

/** A series held against a tree. */
export interface Surveyed {
  series: CatalogSeries;
  verdict: Verdict;
  place: ProjectPlace;
  /** The project's own tree and what the series would make of its files, where it is present. */
  project?: { tree: ProjectTree; judgement: Judgement };
  patches: readonly (JudgedPatch | { id: string; verdict: Verdict; reason?: string })[];
  /** What halobox recorded when it applied the series here. */
  applied?: Applied;
  /** A run was killed while it changed this project; the next apply, revert or verify repairs it. */
  halfDone: boolean;
}

export interface Survey {
  tree: Tree;
  target: string;
  series: readonly Surveyed[];
}

/**
 * Finds out what stands in a folder and what each series is for it. Nothing is changed.
 * @param wanted names of series; none: all that are not on request.
 * @throws InvalidInput for a folder without a known tree and for unknown series.
 */
export async function survey(
  folder: string,
  catalog: ReadonlyMap<string, CatalogSeries>,
  { wanted, target }: { wanted: readonly string[]; target: string },
  signal: AbortSignal,
): Promise<Survey> {
  const chosen = choose(catalog, wanted);
  const projects = [...catalog.values()].map(({ project }) => project);
  const tree = await findTree(folder, projects, signal);
  const series: Surveyed[] = [];
  for (const one of chosen) series.push(await surveyOne(one, tree, target, signal));
  return { tree, target, series };
}

function choose(catalog: ReadonlyMap<string, CatalogSeries>, wanted: readonly string[]): CatalogSeries[] {
  if (wanted.length === 0) return [...catalog.values()].filter(({ definition }) => !definition.onRequest);
  return wanted.map((name) => {
    const found = catalog.get(name);
    if (found) return found;
    throw new InvalidInput({
      what: `there is no series ${JSON.stringify(name)}`,
      where: '--series',
      next: `Known: ${[...catalog.keys()].join(', ') || 'none'}.`,
    });
  });
}

export async function surveyOne(
  series: CatalogSeries,
  tree: Tree,
  target: string,
  signal: AbortSignal,
): Promise<Surveyed> {
  const place = placeOf(tree, series.project);
  if (place.state !== 'present') {
    const [verdict, reason] =
      place.state === 'absent'
        ? (['absent', `${place.why}; ${place.bring}`] as const)
        : (['not-applicable', place.why] as const);
    const patches = series.patches.map(({ id }) => ({ id, verdict, reason }));
    return { series, verdict, place, patches, halfDone: false };
  }
  const { root, version } = place;
  const git = place.path === '.' ? tree.git : await gitFacts(root, signal);
  const project: ProjectTree = { root, version, git };
  const recordedIn = recordFolder(project);
  const applied = readRecord(recordedIn).applied.find((one) => one.series === series.definition.series);
  const recorded = new Set(applied?.target === target ? applied.patches : []);
  const judgement = await judge(series, project, target, signal, recorded);
  const { patches } = judgement;
  return {
    ...{ series, verdict: seriesVerdict(patches), place, patches, project: { tree: project, judgement } },
    ...(applied && { applied }),
    halfDone: isHalfDone(recordedIn),
  };
}
