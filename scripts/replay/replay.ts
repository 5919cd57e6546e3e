import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogSeries } from '../../src/catalog/read-series.ts';
import { applySeries } from '../../src/series/apply.ts';
import { revertSeries } from '../../src/series/revert.ts';
import { type Survey, survey } from '../../src/series/survey.ts';
import type { Walk } from './commits.ts';
import { askCmake, type Exclusion, readDeclaration } from './judge.ts';

export interface Row {
  commit: string;
  date: string;
  version: string;
  /** Where RCCL is, and its pin. */
  place: string;
  target: string;
  /** `series: verdict`. */
  verdicts: Record<string, string>;
  /** Wall time of the verdicts on all series. */
  milliseconds: number;
  judged: Exclusion;
  /** What is wrong; empty when the judge agrees. */
  wrong: string;
}

const expected: Readonly<Record<Exclusion, string>> = {
  excluded: 'applies',
  built: 'upstream',
  undeclared: 'not-applicable',
};

const never = new AbortController().signal;

/** Holds every series against the tree that the walk stands on, and the verdict on TheRock's against the judges. */
export async function replay(
  walk: Walk,
  series: ReadonlyMap<string, CatalogSeries>,
  target: string,
  withCmake: boolean,
): Promise<Row> {
  const started = performance.now();
  const found = await survey(walk.folder, series, { wanted: [], target }, never);
  const milliseconds = performance.now() - started;
  const text = readFileSync(join(walk.folder, 'cmake/therock_amdgpu_targets.cmake'), 'utf8');
  const judged = readDeclaration(text, target);
  const verdicts = Object.fromEntries(
    found.series.map(({ series: one, verdict }) => [one.definition.series, verdict]),
  );
  const said = verdicts['therock-rccl'] ?? 'no verdict';
  const wrong = [
    ...(said === expected[judged] ? [] : [`${said}, but rccl is ${judged}`]),
    ...(withCmake ? await proveByCmake(walk, series, found, judged) : []),
  ];
  const [commit = '', date = ''] = (await walk.git('log', '-1', '--format=%h %cs')).split(' ');
  const pin = found.tree.pins[0];
  return {
    ...{ commit, date, version: found.tree.version ?? '', target, verdicts, milliseconds, judged },
    place: pin ? `${pin.projectPath} ${pin.commit?.slice(0, 8) ?? ''}`.trim() : '',
    wrong: wrong.join('; '),
  };
}

/** Applies the series, asks CMake what it made of it, takes it back, and looks whether every byte is as it was. */
async function proveByCmake(
  walk: Walk,
  catalog: ReadonlyMap<string, CatalogSeries>,
  { tree, target }: Survey,
  judged: Exclusion,
): Promise<string[]> {
  const projects = ['rccl', 'rccl-tests', 'hipBLASLt', 'hipSPARSELt'];
  const wrong: string[] = [];
  const before = await askCmake(walk.folder, projects);
  if (before.rccl!.includes(target) !== (judged === 'excluded'))
    wrong.push('CMake reads the declaration otherwise');
  const one = catalog.get('therock-rccl')!;
  const options = { target, allowDirty: false, note: (text: string) => wrong.push(text) };
  await applySeries(one, tree, options, never);
  const after = await askCmake(walk.folder, projects);
  for (const project of projects) {
    const ours = project.startsWith('rccl');
    const wanted = ours ? before[project]!.filter((other) => other !== target) : before[project]!;
    if (after[project]!.join() !== wanted.join())
      wrong.push(`CMake excludes ${after[project]!.join()} from ${project}`);
  }
  await revertSeries(one, tree, options, never);
  if ((await walk.git('status', '--porcelain')) !== '') wrong.push('revert left something behind');
  return wrong;
}
