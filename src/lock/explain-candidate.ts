import type { Domain } from './net.ts';
import { propagate } from './propagate.ts';
import { contains } from './version-ranks.ts';
import { needText, publicVersion, type StampOf, titleOf, unmetText, type View } from './view.ts';

/**
 * Why candidates of one member that are newer than the chosen one were not chosen.
 * @param stampReason why a stamp of the member's set, newer than the chosen one, was not chosen
 */
export function explainer(
  view: View & { chosen: readonly number[] },
  member: number,
  stampReason: (stamp: number) => string,
): (candidate: number) => string {
  const { field, chosen } = view;
  const entry = field.entries[member]!;
  const set = field.sets[entry.set];
  const stampOf: StampOf = (other) => chosen[other];
  const deeply = looker(view, member);
  return (candidate) => {
    const itself = view.why[member]![candidate];
    if (itself !== undefined) return itself;
    const stamp = entry.stamps[candidate]!;
    if (set && stamp !== chosen[entry.set]) {
      const text = `${set.title} ${set.texts[stamp]}`;
      return stamp < chosen[entry.set]!
        ? `${text} was not chosen: ${stampReason(stamp)}`
        : `${text} is older than the chosen ${set.texts[chosen[entry.set]!]}`;
    }
    return (
      againstTheChosen(view, member, candidate) ??
      unmetNeed(view, member, candidate, stampOf) ??
      notNeeded(view, member, candidate, stampOf) ??
      deeply(candidate)
    );
  };
}

/** A more important member, as chosen, and this candidate do not go together. */
function againstTheChosen(view: View & { chosen: readonly number[] }, member: number, candidate: number) {
  const { entries, sets } = view.field;
  const rankOf = (of: number, value: number): number => view.net.rank[sets.length + of]![value]!;
  for (let other = 0; other < member; other++) {
    const value = view.chosen[sets.length + other]!;
    const there = entries[other]!.candidates[value];
    const is = there ? `is ${publicVersion(there.version)}` : 'is missing';
    const wrong = view.needs[member]![candidate]?.list.find(
      ({ on, intervals }) => on === other && !contains(intervals, rankOf(other, value)),
    );
    if (wrong) return `${needText(view, member, candidate, wrong)}, and ${entries[other]!.source} ${is}`;
    const refused = view.needs[other]![value]?.list.find(
      ({ on, intervals }) => on === member && !contains(intervals, rankOf(member, candidate)),
    );
    if (refused) return needText(view, other, value, refused);
  }
  return undefined;
}

function unmetNeed(view: View, member: number, candidate: number, stampOf: StampOf): string | undefined {
  const need = view.needs[member]![candidate]?.list.find((one) => view.unmet(one, stampOf));
  return need && unmetText(view, member, candidate, need, stampOf);
}

/** A less important member that must be there needs, in all of its candidates, another one than this. */
function notNeeded(view: View, member: number, candidate: number, stampOf: StampOf): string | undefined {
  const { entries } = view.field;
  const rank = entries[member]!.rank[candidate]!;
  for (let other = member + 1; other < entries.length; other++) {
    if (entries[other]!.optional) continue;
    const kinds = view.kinds(other, stampOf);
    const wrongOf = (value: number) =>
      view.needs[other]![value]?.list.find(
        ({ on, intervals }) => on === member && !contains(intervals, rank),
      );
    if (kinds.every((value) => wrongOf(value) !== undefined))
      return `${needText(view, other, kinds[0]!, wrongOf(kinds[0]!)!)}${kinds.length > 1 ? `, and no other ${entries[other]!.source} takes it` : ''}`;
  }
  return undefined;
}

/** Fixes all that is more important as chosen, then the candidate, and looks what is left. */
function looker(view: View & { chosen: readonly number[] }, member: number): (candidate: number) => string {
  const variable = view.field.sets.length + member;
  let base: Domain[] | undefined;
  const openBase = (): Domain[] => {
    const domains = view.root().map((domain, other) => (other < variable ? [view.chosen[other]!] : domain));
    propagate(view.net, domains, domains.keys(), { done: 0, most: 0 });
    return domains;
  };
  return (candidate) => {
    base ??= openBase();
    const domains = base.with(variable, [candidate]);
    const wiped = propagate(view.net, domains, [variable], { done: 0, most: 0 });
    if (!wiped) return 'what must go with it does not go together';
    return `it leaves no ${titleOf(view, wiped.variable)} that goes with any ${titleOf(view, wiped.by)} left`;
  };
}
