import semver from 'semver';
import type { Candidate } from '../../model/candidate.ts';
import { grammarOf } from '../../model/version-grammar.ts';
import type { Member, Problem } from '../problem.ts';

/**
 * The specification of the choice, written down without a thought for speed: all combinations are made, those that break
 * a rule are thrown away, and the best of the rest wins. It shares nothing with the search but the grammars' `compare` and
 * `satisfies`.
 */
export type Combination = readonly (Candidate | undefined)[];

const pep440 = grammarOf('pep440');

export function bruteForce(problem: Problem): Combination | undefined {
  let best: Combination | undefined;
  const extend = (sofar: Combination): void => {
    const member = problem.members[sofar.length];
    if (!member) {
      if (coherent(problem, sofar) && (!best || compare(problem, sofar, best) > 0)) best = sofar;
      return;
    }
    for (const candidate of member.candidates)
      if (fits(problem, member, candidate)) extend([...sofar, candidate]);
    if (isOptional(problem, member.source)) extend([...sofar, undefined]);
  };
  extend([]);
  return best;
}

/** Whether nothing that speaks of the candidate alone is against it. */
export function fits(problem: Problem, member: Member, candidate: Candidate): boolean {
  const { rules, wishes = [], knownBad = [], asOf, now } = problem;
  const made = madeAt(candidate);
  const set = Object.entries(rules.sets).find(([, { members }]) => members.includes(member.source));
  if (set && candidate.stamp === undefined) return false;
  for (const { on, text } of wishes) {
    if (on === member.source && !wished(candidate.version, text)) return false;
    if (on === set?.[0] && !wished(candidate.stamp!, text)) return false;
  }
  const someDated = member.candidates.some((other) => madeAt(other) !== undefined);
  const limit = asOf === undefined ? undefined : Date.parse(`${asOf}T23:59:59.999Z`);
  if (limit !== undefined && someDated && (made === undefined || made > limit)) return false;
  const days = made === undefined ? undefined : (Math.min(now, limit ?? now) - made) / 86_400_000;
  if (days !== undefined && days < rules.cooldown) return false;
  for (const bad of knownBad) {
    if (bad.source !== undefined && bad.source !== member.source) continue;
    if (bad.stamp !== undefined && bad.stamp === candidate.stamp) return false;
    if (bad.versions !== undefined && `==${candidate.version.split('+')[0]}` === bad.versions) return false;
  }
  for (const range of rules.ranges)
    if (range.source === member.source && !semver.satisfies(candidate.version.split('+')[0]!, range.versions))
      return false;
  const pairing = set?.[1].pairing;
  if (
    pairing?.by === member.source &&
    !pairing.rows.some((row) => begins(candidate.version, row[pairing.by]!))
  )
    return false;
  return true;
}

function coherent({ members, rules }: Problem, chosen: Combination): boolean {
  const of = (source: string): Candidate | undefined =>
    chosen[members.findIndex((member) => member.source === source)];
  for (const { members: own, pairing } of Object.values(rules.sets)) {
    const there = own.map(of).filter((candidate) => candidate !== undefined);
    if (there.some(({ stamp }) => stamp !== there[0]!.stamp)) return false;
    const leader = pairing && of(pairing.by);
    const row = leader && pairing.rows.find((one) => begins(leader.version, one[pairing.by]!));
    for (const [source, prefix] of Object.entries(row ?? {})) {
      const other = of(source);
      if (other && !begins(other.version, prefix)) return false;
    }
  }
  const met = (source: string, range: string): boolean => {
    const member = members.find((one) => one.source === source);
    const other = of(source);
    return !member || (other !== undefined && inRange(other.version, range, member.grammar));
  };
  for (const [index, candidate] of chosen.entries()) {
    if (!candidate) continue;
    for (const [source, range] of Object.entries(candidate.requires ?? {}))
      if (!met(source, range)) return false;
    for (const { when, versions, needs } of rules.requirements) {
      const { source, grammar } = members[index]!;
      if (when !== source || !inRange(candidate.version, versions, grammar)) continue;
      if (!Object.entries(needs).every(([other, range]) => met(other, range))) return false;
    }
  }
  return true;
}

/** Positive when `a` is the better choice. */
export function compare({ members, rules }: Problem, a: Combination, b: Combination): number {
  for (const { members: own } of Object.values(rules.sets)) {
    const stampOf = (chosen: Combination) =>
      chosen.find((candidate, index) => candidate && own.includes(members[index]!.source))!.stamp!;
    const stamps = pep440.compare(stampOf(a), stampOf(b));
    if (stamps !== 0) return stamps;
  }
  for (const [index, { grammar }] of members.entries()) {
    const [x, y] = [a[index], b[index]];
    if (!x || !y) {
      if (x || y) return x ? 1 : -1;
      continue;
    }
    const versions = grammarOf(grammar).compare(x.version, y.version);
    if (versions !== 0) return versions;
    const facts = [x, y].map(
      ({ date, name, requires }) => `${date ?? ''}\n${name}\n${JSON.stringify(requires)}`,
    );
    if (facts[0] !== facts[1]) return facts[0]! > facts[1]! ? 1 : -1;
  }
  return 0;
}

export function isOptional({ rules }: Problem, source: string): boolean {
  return Object.values(rules.sets).some(({ optional }) => optional.includes(source));
}

export function inRange(version: string, range: string, grammar: Member['grammar']): boolean {
  return (grammarOf(grammar).validRange(range) ? grammarOf(grammar) : pep440).satisfies(version, range);
}

export function madeAt({ date, stamp, version }: Candidate): number | undefined {
  const inStamp = /a(\d{4})(\d{2})(\d{2})$/.exec(stamp ?? version);
  const day = date ?? (inStamp ? inStamp.slice(1).join('-') : undefined);
  return day === undefined ? undefined : Date.parse(`${day}T00:00:00Z`);
}

/** The few forms that the generator writes. */
function wished(version: string, text: string): boolean {
  if (text.startsWith('>=')) return pep440.satisfies(version, text);
  if (text.startsWith('~')) return begins(version, text.slice(1));
  if (text.startsWith('v')) return version.split('+')[0] === text.slice(1);
  return text.includes('a') ? version === text : begins(version, text);
}

export function begins(version: string, prefix: string): boolean {
  const numbers = version.split('+')[0]!.replace(/a.*$/, '').split('.');
  return prefix.split('.').every((number, index) => numbers[index] === number);
}
