import type { Candidate } from '../../model/candidate.ts';
import { type Coherence, coherenceSchema, type KnownBad } from '../../model/coherence.ts';
import type { Member, Problem, Wish } from '../problem.ts';
import type { Random } from './random.ts';

const now = Date.parse('2026-07-05T12:00:00Z');
const stamps = [
  '7.13.0',
  '7.14.0',
  '7.14.0a20260630',
  '7.15.0a20260630',
  '7.15.0a20260702',
  '7.15.0a20260703',
  '10.0.0a20260704',
];
const ranges = [
  '==2.11.*',
  '==2.12.*',
  '==2.11.0',
  '>=2.11,<2.13',
  '!=2.12.0',
  '<2.12',
  '>=2.12',
  '~=2.11.0',
  '==2.10.1',
  '>=2.10',
  '<2.14',
];
const semverRanges = ['^2.11.0', '<2.12.0', '2.11', '>=2.12.0'];

/** A small image with what upstream does: incomplete stamps, undated wheels, needs that cross each other. */
export function randomProblem(random: Random): Problem {
  const count = 2 + random.below(5);
  const sources = ['torch', 'torchvision', 'torchaudio', 'apex', 'vllm', 'sdk'].slice(0, count);
  const setCount = random.pick([0, 1, 1, 1, 1, 2]);
  const setOf = sources.map((_, index) =>
    setCount === 0 ? -1 : index < 2 || random.chance(0.5) ? (setCount === 2 && index % 2 === 1 ? 1 : 0) : -1,
  );
  const pool = random.shuffled(stamps).slice(0, random.pick([1, 1, 2, 2, 3, 4]));
  const most = count > 4 ? 4 : count > 3 ? 6 : 8;
  const dates = random.pick(['all', 'some', 'none'] as const);
  const tangled = random.chance(0.3);
  const members = sources.map((source, index): Member => {
    const inSet = setOf[index] !== -1;
    const grammar = !inSet && random.chance(0.3) ? 'semver' : 'pep440';
    const candidates = Array.from(
      { length: random.chance(0.02) ? 0 : 2 + random.below(most - 1) },
      (): Candidate => {
        const stamp = random.pick(pool);
        const release = `2.${10 + random.below(4)}.${random.below(2)}`;
        const version = inSet ? `${release}+rocm${stamp}` : release;
        const dated = dates === 'all' || (dates === 'some' && random.chance(0.5));
        const others = sources.filter((other) => other !== source);
        const requires = random.chance(tangled ? 0.7 : 0.15)
          ? Object.fromEntries(
              random
                .shuffled(others)
                .slice(0, 1 + random.below(2))
                .map((other) => [other, random.pick(ranges)]),
            )
          : undefined;
        return {
          version,
          name: `${source}-${version}-${random.below(2)}.whl`,
          url: `https://repo.amd.com/${source}/`,
          ...(inSet && random.chance(0.95) ? { stamp } : {}),
          ...(dated ? { date: `2026-0${6 + random.below(2)}-0${1 + random.below(5)}` } : {}),
          ...(requires ? { requires } : {}),
        };
      },
    );
    // A place has one file of a name.
    const distinct = [...new Map(candidates.map((candidate) => [candidate.name, candidate])).values()];
    return { source, grammar, candidates: distinct };
  });
  const wishes = [
    ...sources.map((source) => ({
      on: source,
      grammar: members.find((one) => one.source === source)!.grammar,
    })),
  ]
    .filter(() => random.chance(0.06))
    .map(
      ({ on, grammar }): Wish => ({
        on,
        text: random.pick(
          grammar === 'semver' ? ['2.11', '2.12'] : ['2.11', '2.12', 'v2.11.0', '2.11.1', '>=2.11'],
        ),
      }),
    );
  const rules = randomRules(random, sources, setOf, members);
  if (Object.hasOwn(rules.sets, 'rocm') && random.chance(0.2))
    wishes.push({ on: 'rocm', text: random.pick(['~7.14', '~7.15', '7.14', '7.15.0a20260702', '>=7.14']) });
  return {
    members,
    rules,
    knownBad: randomKnownBad(random, sources),
    wishes,
    ...(random.chance(0.2) ? { asOf: `2026-0${6 + random.below(2)}-0${1 + random.below(5)}` } : {}),
    now,
  };
}

function randomRules(
  random: Random,
  sources: readonly string[],
  setOf: readonly number[],
  members: readonly Member[],
): Coherence {
  const sets = Object.fromEntries(
    ['rocm', 'other'].flatMap((title, set) => {
      const own = sources.filter((_, index) => setOf[index] === set);
      if (own.length === 0) return [];
      const by = random.chance(0.8) ? own[0]! : random.pick(own);
      const rows = ['2.10', '2.11', '2.12', '2.13'].filter(() => random.chance(0.9));
      const pairing = {
        by,
        rows: rows.map((row) => ({
          [by]: row,
          ...Object.fromEntries(
            own
              .filter((other) => other !== by && random.chance(0.7))
              .map((other) => [other, random.pick([row, row, '2.11', '2.12.0'])]),
          ),
        })),
      };
      return [
        [
          title,
          {
            members: random.shuffled(own),
            optional: own.slice(1).filter(() => random.chance(0.3)),
            ...(rows.length > 0 && random.chance(0.5) ? { pairing } : {}),
          },
        ],
      ];
    }),
  );
  const requirements = Array.from({ length: random.below(3) }, () => {
    const [when, other] = random.shuffled(sources);
    const rangeOf = (source: string) =>
      random.pick(
        members.find((member) => member.source === source)!.grammar === 'semver' ? semverRanges : ranges,
      );
    return {
      when: when!,
      versions: random.chance(0.3) ? '' : rangeOf(when!),
      needs: { [other!]: rangeOf(other!) },
    };
  });
  return coherenceSchema.parse({
    sets,
    requirements,
    ranges: random.chance(0.15)
      ? [
          {
            source: random.pick(sources),
            versions: random.pick(['>=2.11.0', '<2.13.0', '2.11.x']),
            why: 'the series',
          },
        ]
      : [],
    cooldown: random.chance(0.2) ? random.below(5) : 0,
  });
}

function randomKnownBad(random: Random, sources: readonly string[]): KnownBad[] {
  return Array.from({ length: random.pick([0, 0, 1, 2]) }, (_, index) => ({
    ...(random.chance(0.5)
      ? {
          source: random.pick(sources),
          versions: random.pick(['==2.12.0', '==2.11.0', '==2.13.1']),
        }
      : { stamp: random.pick(stamps), ...(random.chance(0.5) ? { source: random.pick(sources) } : {}) }),
    reason: `it crashes (${index})`,
  })).map((bad) => bad as KnownBad);
}
