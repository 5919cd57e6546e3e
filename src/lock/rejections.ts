import { type GrammarName, grammarOf } from '../model/version-grammar.ts';
import { explainer } from './explain-candidate.ts';
import { excludedAsWhole, explainStamp, lacking } from './explain-stamp.ts';
import type { Rejection } from './problem.ts';
import { propagate } from './propagate.ts';
import { publicVersion, titleOf, unmetText, type View } from './view.ts';

/** Every newer stamp and every newer candidate than the chosen one, with the reason; each list newest first. */
export function rejectionsOf(view: View & { chosen: readonly number[] }): Rejection[] {
  const { sets, entries } = view.field;
  const reasons = sets.map((_, set) => {
    const known = new Map<number, string>();
    return (stamp: number): string => {
      const reason = known.get(stamp) ?? explainStamp(view, set, stamp);
      known.set(stamp, reason);
      return reason;
    };
  });
  const ofStamps = sets.flatMap(({ title, texts }, set) =>
    texts
      .slice(0, view.chosen[set])
      .map((version, stamp): Rejection => ({ of: title, version, why: reasons[set]!(stamp) })),
  );
  const ofCandidates = entries.flatMap(({ source, candidates, set }, member) => {
    const explain = explainer(view, member, (stamp) => reasons[set]!(stamp));
    return newer(view, member).map((candidate): Rejection => {
      const { version, name } = candidates[candidate]!;
      return { of: source, version, name, why: explain(candidate) };
    });
  });
  return [...ofStamps, ...ofCandidates];
}

/** Without a choice: every stamp, and every candidate that is excluded by itself. */
export function allRejections(view: View): Rejection[] {
  const { sets, entries } = view.field;
  return [
    ...sets.flatMap(({ title, texts }, set) =>
      texts.map((version, stamp): Rejection => ({ of: title, version, why: explainStamp(view, set, stamp) })),
    ),
    ...entries.flatMap(({ source, candidates }, member) =>
      candidates.flatMap(({ version, name }, candidate): Rejection[] => {
        const why = view.why[member]![candidate];
        return why === undefined ? [] : [{ of: source, version, name, why }];
      }),
    ),
  ];
}

/** The newest thing that could have been, and what it lacks. */
export function nearestMiss(view: View): Rejection | undefined {
  return emptyMember(view, false) ?? missOfSets(view) ?? emptyMember(view, true) ?? missWithoutSets(view);
}

/** A member that must be there and can't be, whatever the others are. With stamps it is told at one of them. */
function emptyMember(view: View, alsoStamped: boolean): Rejection | undefined {
  for (const [member, { source, optional, candidates, set }] of view.field.entries.entries()) {
    if (optional || view.acceptable(member, () => undefined).length > 0) continue;
    const [best] = candidates;
    if (!best) return { of: source, version: '', why: 'its place offers nothing that could be chosen' };
    if (set === -1 || alsoStamped)
      return { of: source, version: best.version, name: best.name, why: view.why[member]![0]! };
  }
  return undefined;
}

/** The newest stamp that is not excluded as a whole, of the first set that is complete with none. */
function missOfSets(view: View): Rejection | undefined {
  const { sets } = view.field;
  const broken = sets.findIndex(({ texts }, set) => texts.every((_, stamp) => lacking(view, set, stamp)));
  const set = Math.max(broken, 0);
  const { title = '', texts = [] } = sets[set] ?? {};
  const stamp = Math.max(
    texts.findIndex((_, number) => excludedAsWhole(view, set, number) === undefined),
    0,
  );
  const version = texts[stamp];
  return version === undefined ? undefined : { of: title, version, why: explainStamp(view, set, stamp) };
}

/** Every member alone could be chosen, and no stamp is in the way. */
function missWithoutSets(view: View): Rejection | undefined {
  const any = () => undefined;
  const bests = view.field.entries.flatMap(({ source, candidates }, member) => {
    const [best] = view.acceptable(member, any);
    const candidate = candidates[best ?? -1];
    return candidate
      ? [{ member, best: best!, of: source, version: candidate.version, name: candidate.name }]
      : [];
  });
  for (const { member, best, ...of } of bests) {
    const need = view.needs[member]![best]?.list.find((one) => view.unmet(one, any));
    if (need) return { ...of, why: unmetText(view, member, best, need, any) };
  }
  const domains = [...view.net.domains];
  const wiped = propagate(view.net, domains, domains.keys(), { done: 0, most: 0 });
  const lost = bests.find(({ member }) => view.field.sets.length + member === wiped?.variable) ?? bests[0];
  if (!lost) return undefined;
  const { member: _, best: __, ...of } = lost;
  const other = wiped && titleOf(view, wiped.by);
  return {
    ...of,
    why: other ? `nothing of it goes with any ${other} left` : 'what must go with it does not go together',
  };
}

/** By stamp, or else by the version without its stamp: an older stamp's newer version is worth a word too. */
function newer(view: View & { chosen: readonly number[] }, member: number): number[] {
  const { candidates, stamps, grammar, set } = view.field.entries[member]!;
  const chosen = view.chosen[view.field.sets.length + member]!;
  const there = candidates[chosen];
  if (!there) return [...candidates.keys()];
  const later = laterThan(publicVersion(there.version), grammar);
  return [...candidates.keys()].filter(
    (candidate) =>
      (candidate < chosen && (stamps[candidate] !== -1 || set === -1)) ||
      (candidate !== chosen && set !== -1 && later(publicVersion(candidates[candidate]!.version))),
  );
}

function laterThan(version: string, name: GrammarName): (other: string) => boolean {
  const grammar = grammarOf(name);
  const known = new Map<string, boolean>();
  return (other) => {
    const answer = known.get(other) ?? grammar.compare(other, version) > 0;
    known.set(other, answer);
    return answer;
  };
}
