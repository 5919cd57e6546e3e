import { type Difference, paired, short, valueDifference } from './difference.ts';
import type { KeyInputs } from './key.ts';

type Series = KeyInputs['sources'][string]['series'];

/**
 * What differs in the series of one source: `series strix-vllm +0003-name`, `-0002-name`, or a patch's verdict.
 * @param source its name, told where the series as a whole are in another order.
 */
export function explainSeries(source: string, before: Series, after: Series): Difference[] {
  const byName = (series: Series) => Object.fromEntries(series.map((one) => [one.name, one]));
  const differences = paired(byName(before), byName(after)).flatMap(([name, from, to]) => {
    if (!from || !to)
      return valueDifference('series', name, from && short(from.digest), to && short(to.digest));
    return explainPatches(name, from, to);
  });
  const orderOf = (series: Series) => series.map(({ name }) => name).join(', ');
  if (differences.length > 0 || orderOf(before) === orderOf(after)) return differences;
  const [from, to] = [orderOf(before), orderOf(after)];
  return [{ what: 'series', name: source, from, to, text: `series of ${source} in order ${from} → ${to}` }];
}

function explainPatches(name: string, from: Series[number], to: Series[number]): Difference[] {
  const verdicts = ({ verdicts }: Series[number]) =>
    Object.fromEntries(verdicts.map(({ id, verdict }) => [id, verdict]));
  const judged = paired(verdicts(from), verdicts(to))
    .filter(([, was, is]) => was !== is)
    .map(([id, was, is]): Difference => {
      if (was === undefined) return { what: 'series', name, to: is!, text: `series ${name} +${id}` };
      if (is === undefined) return { what: 'series', name, from: was, text: `series ${name} -${id}` };
      return { what: 'series', name, from: was, to: is, text: `series ${name} ${id} ${was} → ${is}` };
    });
  const edited = paired(from.patches ?? {}, to.patches ?? {}).flatMap(([id, was, is]): Difference[] => {
    if (was === undefined || is === undefined || was === is) return [];
    const [older, newer] = [short(was), short(is)];
    const text = `series ${name} ${id} changed (${older} → ${newer})`;
    return [{ what: 'series', name, from: older, to: newer, text }];
  });
  // The digest of the whole needs no line of its own where patches explain it; a record of before they had digests of their
  // own can't tell.
  const cameOrWent = judged.some((one) => one.from === undefined || one.to === undefined);
  const explained = edited.length > 0 || (cameOrWent && from.patches !== undefined);
  return [
    ...judged,
    ...edited,
    ...(explained ? [] : valueDifference('series', name, short(from.digest), short(to.digest))),
  ];
}
