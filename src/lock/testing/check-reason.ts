import type { Candidate } from '../../model/candidate.ts';
import { grammarOf } from '../../model/version-grammar.ts';
import type { Choice, Member, Problem, Rejection } from '../problem.ts';
import {
  begins,
  bruteForce,
  type Combination,
  compare,
  fits,
  inRange,
  isOptional,
  madeAt,
} from './brute-force.ts';

const pep440 = grammarOf('pep440');

/** Holds a reason against the problem itself. @returns what is wrong with it, undefined when it is true */
export function checkReason(problem: Problem, choice: Choice, rejection: Rejection): string | undefined {
  const { of, version, name, why } = rejection;
  const chosen = problem.members.map(({ source }) => choice.chosen.get(source));
  const member = problem.members.find(({ source }) => source === of);
  const candidate = member?.candidates.find((one) => one.name === name);
  const true_ =
    member && candidate
      ? worse(problem, chosen, withOnly(problem, member, candidate)) &&
        ofCandidate(problem, choice, member, candidate, why)
      : worse(problem, chosen, withStamp(problem, choice, of, version)) &&
        ofStamp(problem, choice, of, version, why);
  return true_ ? undefined : `${of} ${version}: ${why}`;
}

function worse(problem: Problem, chosen: Combination, narrowed: Problem): boolean {
  const best = bruteForce(narrowed);
  return !best || compare(problem, best, chosen) < 0;
}

function withOnly(problem: Problem, { source }: Member, candidate: Candidate): Problem {
  // The dates of the others stay known: --as-of asks whether there are any.
  const candidates = fits(problem, problem.members.find((one) => one.source === source)!, candidate)
    ? [candidate]
    : [];
  return with_(problem, (member) => (member.source === source ? candidates : undefined), source);
}

function withStamp(problem: Problem, choice: Choice, title: string, stamp: string): Problem {
  const titles = Object.keys(problem.rules.sets);
  return with_(problem, (member) => {
    const own = titles.find((one) => problem.rules.sets[one]!.members.includes(member.source));
    if (own === undefined || titles.indexOf(own) > titles.indexOf(title)) return undefined;
    const wanted = own === title ? stamp : choice.stamps.get(own);
    return member.candidates.filter((one) => one.stamp === wanted && fits(problem, member, one));
  });
}

/** Candidates that were judged already are judged no more, and a member that is narrowed must be there. */
function with_(
  problem: Problem,
  narrowed: (member: Member) => Candidate[] | undefined,
  must?: string,
): Problem {
  const sets = Object.entries(problem.rules.sets).map(([title, set]) => [
    title,
    { ...set, optional: set.optional.filter((source) => source !== must) },
  ]);
  const { asOf: _, ...rest } = problem;
  return {
    ...rest,
    wishes: [],
    knownBad: [],
    rules: { ...problem.rules, sets: Object.fromEntries(sets), ranges: [], cooldown: 0 },
    members: problem.members.map((member) => ({
      ...member,
      candidates: narrowed(member) ?? member.candidates.filter((one) => fits(problem, member, one)),
    })),
  };
}

function ofStamp(problem: Problem, choice: Choice, title: string, stamp: string, why: string): boolean {
  const own = problem.members.filter(({ source }) => problem.rules.sets[title]!.members.includes(source));
  const there = own.flatMap((member) =>
    member.candidates.filter((one) => one.stamp === stamp).map((one) => ({ member, one })),
  );
  if (there.length > 0 && there.every(({ member, one }) => alone(problem, member, one, why))) return true;
  const titles = Object.keys(problem.rules.sets);
  const earlier = ({ source }: Member): string | undefined => {
    const other = titles.find((one) => problem.rules.sets[one]!.members.includes(source));
    return other !== undefined && titles.indexOf(other) < titles.indexOf(title)
      ? choice.stamps.get(other)
      : undefined;
  };
  const parts = why.split('; ').filter((part) => !/^and \d+ more$/.test(part));
  return parts.every((part) => {
    const [, none, last] =
      /^(\S+) has none with \S+ \S+?(?: \(the last one before is of (\S+)\))?$/.exec(part) ?? [];
    if (none !== undefined) {
      const stamps = own.find(({ source }) => source === none)!.candidates.flatMap((one) => one.stamp ?? []);
      const before = stamps
        .filter((one) => pep440.compare(one, stamp) < 0)
        .sort(pep440.compare)
        .at(-1);
      return !stamps.includes(stamp) && before === last && !isOptional(problem, none);
    }
    const [, source, version, itself] = /^(\S+) (\d[^ :]*): (.*)$/.exec(part) ?? [];
    if (itself !== undefined) {
      const member = own.find((one) => one.source === source)!;
      const some = member.candidates.filter((one) => one.stamp === stamp);
      return (
        some.every((one) => !fits(problem, member, one)) &&
        some.some((one) => one.version === version && alone(problem, member, one, itself))
      );
    }
    return together(problem, part, (member) => (own.includes(member) ? stamp : earlier(member)));
  });
}

function ofCandidate(
  problem: Problem,
  choice: Choice,
  member: Member,
  candidate: Candidate,
  why: string,
): boolean {
  if (!fits(problem, member, candidate)) return alone(problem, member, candidate, why);
  const titleOf = ({ source }: Member) =>
    Object.keys(problem.rules.sets).find((one) => problem.rules.sets[one]!.members.includes(source));
  const stamp = choice.stamps.get(titleOf(member) ?? '');
  const [, newer, reason] = /^\S+ (\S+) was not chosen: (.*)$/.exec(why) ?? [];
  if (newer !== undefined)
    return (
      newer === candidate.stamp &&
      pep440.compare(newer, stamp!) > 0 &&
      choice.rejected.some((one) => one.name === undefined && one.version === newer && one.why === reason)
    );
  const [, older, than] = /^\S+ (\S+) is older than the chosen (\S+)$/.exec(why) ?? [];
  if (older !== undefined)
    return older === candidate.stamp && than === stamp && pep440.compare(older, than!) < 0;
  const [, needs, other, is] = /^(.*), and (\S+) (?:is missing|is (\S+))$/.exec(why) ?? [];
  if (needs !== undefined) {
    const need = parse(problem, needs)!;
    const there = choice.chosen.get(other!);
    return (
      need.subject === member &&
      need.version === candidate.version.split('+')[0] &&
      need.object.source === other &&
      there?.version.split('+')[0] === is &&
      (!there || !need.takes(there))
    );
  }
  const need = parse(problem, why.replace(/, and no other \S+ takes it$/, ''));
  // Somebody else's need, which this candidate does not meet.
  if (need && need.object === member) return !need.takes(candidate);
  return together(problem, why, (one) => choice.stamps.get(titleOf(one) ?? ''));
}

/** Reasons that are about more than one candidate; what only says that nothing is left was proved by force already. */
function together(problem: Problem, why: string, stampOf: (member: Member) => string | undefined): boolean {
  if (/^it leaves no \S+ that goes with any \S+ left$/.test(why)) return true;
  if (/^(what must go with it does|its members and what must go with them do) not go together$/.test(why))
    return true;
  const need = /, which is not there(?: with \S+ \S+)?$/.test(why)
    ? parse(problem, why.replace(/, which is not there(?: with \S+ \S+)?$/, ''))
    : undefined;
  if (!need) return false;
  const { subject, object } = need;
  const among = (member: Member) =>
    member.candidates.filter(
      (one) => fits(problem, member, one) && (stampOf(member) === undefined || one.stamp === stampOf(member)),
    );
  return (
    among(subject).some((one) => one.version.split('+')[0] === need.version) &&
    !among(object).some(need.takes)
  );
}

function parse(problem: Problem, text: string) {
  const [, source, version, how, other, range] =
    /^(\S+) (\S+) (needs|is paired with) (\S+) (\S+)$/.exec(text) ?? [];
  const subject = problem.members.find((member) => member.source === source);
  const object = problem.members.find((member) => member.source === other);
  if (!subject || !object) return undefined;
  const takes = (one: Candidate): boolean =>
    how === 'needs' ? inRange(one.version, range!, object.grammar) : begins(one.version, range!);
  return { subject, version: version!, object, takes };
}

/** Whether a reason that speaks of one candidate alone is true. */
function alone(problem: Problem, member: Member, candidate: Candidate, why: string): boolean {
  const only = (narrowed: Partial<Problem>): boolean => {
    const sets = Object.entries(problem.rules.sets).map(([title, { members, optional }]) => [
      title,
      { members, optional },
    ]);
    const rules = { sets: Object.fromEntries(sets), requirements: [], ranges: [], cooldown: 0 };
    return !fits({ members: problem.members, now: problem.now, rules, ...narrowed }, member, {
      stamp: '0',
      ...candidate,
    });
  };
  const { rules, wishes = [], knownBad = [], asOf } = problem;
  const made = madeAt(candidate);
  if (why.startsWith('excluded by '))
    return only({ wishes: wishes.filter(({ on, text }) => why === `excluded by --${on} ${text}`) });
  if (why.startsWith('made after')) return made! > Date.parse(`${asOf}T23:59:59.999Z`);
  if (why.startsWith('its date is not known')) return asOf !== undefined && made === undefined;
  if (why.startsWith('known bad: '))
    return only({ knownBad: knownBad.filter(({ reason }) => why === `known bad: ${reason}`) });
  if (why.startsWith('younger than'))
    return (
      Math.min(problem.now, Date.parse(`${asOf ?? '2100-01-01'}T23:59:59.999Z`)) - made! <
      rules.cooldown * 86_400_000
    );
  if (why.startsWith('not in ')) return only({ rules: { ...rules, sets: {}, cooldown: 0 } });
  if (/^carries no \S+ stamp$/.test(why)) return candidate.stamp === undefined;
  if (why.startsWith('the pairing table names no '))
    return only({ rules: { ...rules, ranges: [], cooldown: 0 } });
  return false;
}
