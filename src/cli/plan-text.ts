import type { Estimate } from '../plan/estimate.ts';
import type { Plan, PlannedNode } from '../plan/plan.ts';
import { estimateText } from '../report/estimate-text.ts';
import { secondsText } from '../report/seconds.ts';
import { table } from './output.ts';

/**
 * The plan as people read it: a line for each layer, and the total.
 * @param assembled images that are put together already; of others whose layers are all there, that is all to do.
 * @param explain every difference, one per line; else the first and how many more there are.
 */
export function planText(
  { nodes, released }: Plan,
  assembled: ReadonlySet<string>,
  estimate: Estimate & { jobs: number },
  explain: boolean,
): string {
  const several = released.size > 1;
  const planned = [...nodes.values()];
  const rows = planned.flatMap((node) => {
    const [first = '', ...more] = whyLines(node, explain);
    const images = several ? [node.images.join(', ')] : [];
    const empty = several ? [''] : [];
    return [
      [node.layer, node.action, timeText(node), ...images, first],
      ...more.map((line) => ['', '', '', ...empty, line]),
    ];
  });
  const head = ['LAYER', 'ACTION', 'TIME', ...(several ? ['IMAGES'] : []), 'WHY'];
  const anew = [...released].flatMap(([image, key]) =>
    assembled.has(image) || nodes.get(key)!.action === 'build' ? [] : [`${image} is put together anew\n`],
  );
  return `${table([head, ...rows])}${totalText(planned, estimate)}\n${anew.join('')}`;
}

function timeText({ action, seconds }: PlannedNode): string {
  if (action !== 'build') return '';
  return seconds === undefined ? 'unknown' : secondsText(seconds);
}

/** What is reused or unneeded has its reason in that; its differences are told only when asked for. */
function whyLines({ action, where, why }: PlannedNode, explain: boolean): string[] {
  const all = why.map(({ text }) => text);
  const place = where === undefined ? [] : [where === 'this engine' ? 'on this engine' : `from ${where}`];
  if (explain) return [...place, ...all];
  if (action !== 'build') return place;
  const [first = ''] = all;
  return [all.length > 1 ? `${first} (and ${all.length - 1} more)` : first];
}

function totalText(
  planned: readonly PlannedNode[],
  { jobs, seconds, path, unknown }: Estimate & { jobs: number },
) {
  const build = planned.filter(({ action }) => action === 'build').length;
  if (build === 0) return 'nothing needs building';
  const reuse = planned.filter(({ action }) => action === 'reuse').length;
  const counts = `${build} to build, ${reuse} reused`;
  const time = estimateText({ seconds, unknown }, build);
  if (time === undefined) return `${counts}; how long it takes is unknown`;
  const except = unknown.length > 0 ? `, without ${unknown.join(', ')}, whose time is unknown` : '';
  return `${counts}; ${time} with ${jobs} at a time (longest: ${path.join(' → ')})${except}`;
}
