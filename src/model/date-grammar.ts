import type { VersionGrammar } from './version-grammar.ts';
import { dayOf, order, reasonable, remembering } from './version-text.ts';

/** Dated artefacts: 20260630 or 2026-06-30, both the same day; ranges such as `>=2026-06-01,<20260701`. */
export const dateGrammar: VersionGrammar = {
  name: 'date',
  valid: (version) => day(version) !== undefined,
  compare: (a, b) => order(day(a) ?? '', day(b) ?? ''),
  validRange: (range) => limitsOf(range) !== null,
  satisfies: (version, range) => {
    const ours = day(version);
    return ours !== undefined && (limitsOf(range)?.every((limit) => holds(ours, limit)) ?? false);
  },
  isPrerelease: () => false,
  namesPrerelease: () => false,
  dateOf: day,
};

function day(version: string): string | undefined {
  if (!reasonable(version)) return undefined;
  return dayOf(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(version) ? version.replaceAll('-', '') : version);
}

interface Limit {
  operator: string;
  day: string;
}

const limitsOf = remembering((range: string): readonly Limit[] | null => {
  if (range.length > 1000) return null;
  if (range.trim() === '') return [];
  const limits = range.split(',').map((text) => {
    const [, operator = '', written = ''] = /^\s*(==|!=|<=|>=|<|>)\s*([0-9-]+)\s*$/.exec(text) ?? [];
    const limit = day(written);
    return limit === undefined ? null : { operator, day: limit };
  });
  return limits.every((limit) => limit !== null) ? limits : null;
});

function holds(ours: string, limit: Limit): boolean {
  // Days as YYYY-MM-DD are in the order of their texts.
  const beyond = order(ours, limit.day);
  switch (limit.operator) {
    case '==':
      return beyond === 0;
    case '!=':
      return beyond !== 0;
    case '<=':
      return beyond <= 0;
    case '>=':
      return beyond >= 0;
    case '<':
      return beyond < 0;
    default:
      return beyond > 0;
  }
}
