import type { Candidate } from '../model/candidate.ts';
import { InvalidInput } from '../model/error.ts';
import { ageUnknown, exclude } from './exclude.ts';
import { type Field, openField } from './field.ts';
import { needsOf } from './needs.ts';
import { type Net, weave } from './net.ts';
import type { Choice, NoChoice, Problem } from './problem.ts';
import type { Work } from './propagate.ts';
import { allRejections, nearestMiss, rejectionsOf } from './rejections.ts';
import { search, TooTangled } from './search.ts';
import { openView, type View } from './view.ts';

/** Values looked at, a few seconds' worth; a thousand times what an index of thousands of nightlies takes. */
const mostWork = 300_000_000;

/**
 * The newest coherent set, and the reason for everything newer. It is a pure function of what is given, in any order.
 *
 * Newest: the stamp of each set decides first, in PEP 440's order (nightlies are pre-releases), then the version of each
 * member by its own grammar, the most important first; an optional member that is there is better than none. A member
 * in no set has no stamp to wait for. Of two candidates with one version the later date wins, then the name.
 *
 * How it is found, for thousands of candidates of each member:
 * 1. What speaks of one candidate alone (a person's constraints, known-bad, cooldown, ranges) excludes it at once.
 * 2. Stamps, pairing table, `requires` and rules all become one kind of thing: a value of one variable allows intervals
 *    of ranks of another (net.ts). A range costs about 13 comparisons, not one per version (version-ranks.ts).
 * 3. Candidates of one stamp that ask for the same and that all ranges judge alike are one kind, and the newest stands
 *    for all: many torch versions per stamp, or a thousand releases with the same requirements, are a few values.
 * 4. What has nothing left to go with is taken away until nothing changes (propagate.ts), at a cost that is linear in
 *    the candidates: a chain of exact pins through all members is settled here.
 * 5. The first value of the first variable is tried, then the rest, group by group of variables that still have to do
 *    with each other (search.ts). Where the needs between undecided members make no circle, step 4 leaves only values
 *    that lead to a choice, so nothing is tried in vain; each stamp that fails costs one step 4. In circles a wrong
 *    value may be found out late. Choosing through circles of any shape is as hard as colouring a map, for anybody;
 *    real circles (torch, torchvision, vllm) are short and pinned. Past `most` it says so instead of going on.
 *
 * @param most how many values may be looked at
 * @throws InvalidInput for a constraint that can't be read or names nothing, and for rules that are too tangled
 */
export function choose(problem: Problem, most = mostWork): Choice | NoChoice {
  const field = openField(problem);
  const excluded = exclude(field, problem);
  const asked = needsOf(field, problem);
  const why = excluded.why.map((list, member) =>
    list.map((reason, candidate) => {
      const needs = asked[member]![candidate]!;
      return reason ?? (typeof needs === 'string' ? needs : undefined);
    }),
  );
  const needs = asked.map((list, member) =>
    list.map((own, candidate) =>
      typeof own === 'string' || why[member]![candidate] !== undefined ? undefined : own,
    ),
  );
  const net = weave(field, needs);
  const chosen = searched(net, most);
  const view = openView({ field, problem, net, why, needs, chosen });
  const { notes } = excluded;
  if (!hasChoice(view))
    return {
      found: false,
      nearest: nearestMiss(view),
      rejected: [...allRejections(view), ...field.refused],
      notes,
    };
  return { ...tell(field, view.chosen, problem, notes), rejected: [...rejectionsOf(view), ...field.refused] };
}

function searched(net: Net, most: number): number[] | undefined {
  const work: Work = { done: 0, most };
  try {
    return search(net, work)?.map(([value]) => value!);
  } catch (error) {
    if (!(error instanceof TooTangled)) throw error;
    throw new InvalidInput({
      what: `the sources need each other in so many ways that ${work.done} steps found no choice`,
      next: 'narrow the versions of some sources in image.yaml, or give a constraint such as --torch 2.11',
      cause: error,
    });
  }
}

function hasChoice(view: View): view is View & { chosen: readonly number[] } {
  return view.chosen !== undefined;
}

function tell(
  { sets, entries }: Field,
  values: readonly number[],
  problem: Problem,
  notes: readonly string[],
): Omit<Choice, 'rejected'> {
  const chosen = new Map<string, Candidate>();
  const unaged: string[] = [];
  for (const [member, entry] of entries.entries()) {
    const candidate = entry.candidates[values[sets.length + member]!];
    if (!candidate) continue;
    chosen.set(entry.source, candidate);
    if (ageUnknown(candidate, entry, problem))
      unaged.push(
        `${entry.source} ${candidate.version}: its age is not known, so the cooldown could not be held against it`,
      );
  }
  const stamps = sets.flatMap(({ title, texts }, set): [string, string][] =>
    texts[values[set]!] === undefined ? [] : [[title, texts[values[set]!]!]],
  );
  return { found: true, chosen, stamps: new Map(stamps), notes: [...notes, ...unaged] };
}
