import { PatchConflict, type Place } from '../model/error.ts';
import type { Image, Rccl } from '../model/image.ts';
import { withoutNode } from '../model/layer-graph.ts';
import type { RcclDecision } from '../model/rccl-decision.ts';
import type { PatchVerdict, Verdict } from '../model/series.ts';

/** A series that was held against the source's tree. */
interface JudgedSeries {
  name: string;
  verdicts: readonly PatchVerdict[];
}

/** Known without looking at any tree; the source need not even be fetched. */
export const stockByChoice: RcclDecision = { decided: 'stock', why: 'image.yaml says so' };

/**
 * Whether an image gets an RCCL of its own.
 *
 * - `patched`: the tree must come out with the change, by us or of its own: no conflict, and a patch that is meant for
 *   it. Else the build ends here.
 * - `auto`: patched where a patch is needed or was applied, stock where none is. Who leaves a series out by hand wants
 *   to see RCCL built without it, and gets that.
 * @param series those of the source that were not left out, with their verdicts.
 * @param leftOut those of the source that were left out by hand.
 * @param where the choice stands, for messages.
 * @throws PatchConflict (exit 4) with the patches' verdicts.
 */
export function decideRccl(
  choice: Rccl['choice'],
  series: readonly JudgedSeries[],
  leftOut: readonly string[],
  where: Place,
): RcclDecision {
  if (choice === 'stock') return stockByChoice;
  const patches = series.flatMap(({ verdicts }) => verdicts);
  const some = (...wanted: Verdict[]) => patches.some(({ verdict }) => wanted.includes(verdict));
  if (some('conflict', 'absent')) throw refusal('not every patch fits', series, leftOut, where);
  const verdicts = [
    ...series.map(summary),
    ...(leftOut.length > 0 ? [`left out by hand: ${leftOut.join(', ')}`] : []),
  ].join('; ');
  if (choice === 'patched') {
    if (some('applies', 'applied', 'upstream')) {
      return { decided: 'patched', why: `image.yaml says so (${verdicts})` };
    }
    throw refusal('no patch is meant for its tree', series, leftOut, where);
  }
  if (some('applies', 'applied')) return { decided: 'patched', why: `the tree needs it (${verdicts})` };
  if (leftOut.length > 0) return { decided: 'patched', why: `built without patches, as asked (${verdicts})` };
  if (series.length === 0) return { decided: 'stock', why: 'the source has no series' };
  return { decided: 'stock', why: `the tree needs no patch (${verdicts})` };
}

/** `rccl-2-13: 3 applies, 1 upstream` */
function summary({ name, verdicts }: JudgedSeries): string {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return `${name}: ${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`;
}

function refusal(
  why: string,
  series: readonly JudgedSeries[],
  leftOut: readonly string[],
  where: Place,
): PatchConflict {
  return new PatchConflict({
    what: `RCCL is to be patched, but ${why}`,
    where,
    detail: [
      ...series.flatMap(({ name, verdicts }) =>
        verdicts.map(({ id, verdict, reason }) => `${name}, ${id}: ${verdict}${reason ? `, ${reason}` : ''}`),
      ),
      ...leftOut.map((name) => `${name}: left out by hand`),
    ],
    next: 'Name a series that is meant for this version and target, or set rccl.choice to auto or stock.',
  });
}

/**
 * The image as the decision leaves it: with stock without the layer that builds RCCL, without the layers that only it
 * needed, and without the sources that only those used.
 */
export function decidedImage(image: Image, decision: RcclDecision | undefined): Image {
  if (!image.rccl || decision?.decided !== 'stock') return image;
  const layers = withoutNode(image.layers, image.rccl.layer, image.final);
  const users = (graph: Image['layers'], source: string) =>
    Object.values(graph).filter(({ sources }) => sources.includes(source)).length;
  const sources = Object.entries(image.sources).filter(
    ([name]) => users(layers, name) > 0 || users(image.layers, name) === 0,
  );
  return { ...image, layers, sources: Object.fromEntries(sources) };
}

/**
 * The decisions that templates are tried with before anything is fetched. Only an image that insists on patched is
 * spared stock, and one that insists on stock still has its other branches tried.
 */
export function possibleDecisions(image: Image): (RcclDecision | undefined)[] {
  if (!image.rccl) return [undefined];
  const tried = (decided: RcclDecision['decided']): RcclDecision => ({ decided, why: '' });
  return image.rccl.choice === 'patched' ? [tried('patched')] : [tried('patched'), tried('stock')];
}
