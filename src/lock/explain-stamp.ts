import { propagate } from './propagate.ts';
import { type StampOf, titleOf, unmetText, type View } from './view.ts';

/** Why a stamp of a set was not chosen, the stamps of more important sets being what they are. */
export function explainStamp(view: View, set: number, stamp: number): string {
  return (
    excludedAsWhole(view, set, stamp) ??
    lacking(view, set, stamp) ??
    unmetNeed(view, set, stamp) ??
    foundWanting(view, set, stamp)
  );
}

/** Everything that carries the stamp is excluded for one and the same reason. */
export function excludedAsWhole(view: View, set: number, stamp: number): string | undefined {
  const reasons = new Set(
    view.field.sets[set]!.members.flatMap((member) =>
      view.carrying(member, stamp).map((candidate) => view.why[member]![candidate]),
    ),
  );
  return reasons.size === 1 ? [...reasons][0] : undefined;
}

/** The members that must be there and of which nothing with the stamp can be chosen. */
export function lacking(view: View, set: number, stamp: number): string | undefined {
  const { members, title, texts } = view.field.sets[set]!;
  const lacks = members.flatMap((member) => {
    const { source, candidates, optional } = view.field.entries[member]!;
    const [best] = view.carrying(member, stamp);
    if (optional || (best !== undefined && view.acceptable(member, () => stamp).length > 0)) return [];
    if (best !== undefined) return [`${source} ${candidates[best]!.version}: ${view.why[member]![best]}`];
    const shut = view.passedOver(member, texts[stamp]!);
    if (shut) return [`${source} ${shut.version}: ${shut.why}`];
    const before = view.before(member, stamp);
    const last = before === undefined ? '' : ` (the last one before is of ${texts[before]})`;
    return [`${source} has none with ${title} ${texts[stamp]}${last}`];
  });
  if (lacks.length === 0) return undefined;
  const more = lacks.length > 3 ? `; and ${lacks.length - 3} more` : '';
  return lacks.slice(0, 3).join('; ') + more;
}

/** A member all of whose candidates need something that is not there. */
function unmetNeed(view: View, set: number, stamp: number): string | undefined {
  const { entries } = view.field;
  const stampOf: StampOf = (other) =>
    other === set ? stamp : other < set ? view.chosen?.[other] : undefined;
  for (const [member, { source, optional }] of entries.entries()) {
    if (optional) continue;
    const there = view.kinds(member, stampOf);
    if (there.length === 0) return `${source}, which is no part of it, has nothing that could be chosen`;
    let first: string | undefined;
    const all = there.every((candidate) => {
      const need = view.needs[member]![candidate]?.list.find((one) => view.unmet(one, stampOf));
      if (need) first ??= unmetText(view, member, candidate, need, stampOf);
      return need !== undefined;
    });
    if (all) return first;
  }
  return undefined;
}

function foundWanting(view: View, set: number, stamp: number): string {
  const domains = [...view.net.domains];
  for (let other = 0; other < set; other++) if (view.chosen) domains[other] = [view.chosen[other]!];
  domains[set] = [stamp];
  const wiped = propagate(view.net, domains, domains.keys(), { done: 0, most: 0 });
  if (!wiped) return 'its members and what must go with them do not go together';
  return `it leaves no ${titleOf(view, wiped.variable)} that goes with any ${titleOf(view, wiped.by)} left`;
}
