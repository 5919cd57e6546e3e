import { expect, test } from 'vitest';
import { grammarOf } from '../model/version-grammar.ts';
import { contains, intersect, rankVersions } from './version-ranks.ts';

const numbers = ['1.9', '2.0', '2.10.0', '2.11', '2.11.0', '2.11.1', '2.12', '1!2.11'];
const ends = [
  '.dev1',
  'a20260629',
  'a20260630',
  'rc1',
  'rc1.dev2',
  'rc1.post1',
  '',
  '.post1',
  '.post1.dev3',
  '.post2',
];
const locals = ['', '+rocm7.14.0', '+rocm7.14.0a20260630'];
const versions = numbers.flatMap((number) =>
  ends.flatMap((end) => locals.map((local) => number + end + local)),
);
const operators = ['==', '!=', '<=', '>=', '<', '>', '~=', '==='];

test('intervals hold exactly what the grammar takes, for every kind of clause', () => {
  const grammar = grammarOf('pep440');
  const ranks = rankVersions(versions, 'pep440');
  const clauses = [
    ...operators.flatMap((operator) =>
      numbers.flatMap((number) =>
        ends.flatMap((end) => locals.map((local) => operator + number + end + local)),
      ),
    ),
    ...numbers.flatMap((number) => [`==${number}.*`, `!=${number}.*`]),
    '',
    '>=2.10,<2.12,!=2.11.0',
    '>=2.11rc1,!=2.11.*',
  ].filter((clause) => grammar.validRange(clause));
  expect(clauses.length).toBeGreaterThan(800);
  for (const clause of clauses) {
    const intervals = ranks.intervalsOf(clause)!;
    const wrong = versions.filter(
      (version) => contains(intervals, ranks.rankOf(version)) !== grammar.satisfies(version, clause),
    );
    expect(wrong, clause).toEqual([]);
  }
});

test('reads what a wheel needs of a source that has another grammar', () => {
  const ranks = rankVersions(['1.0.0', '1.2.0', '2.0.0', '2.0.0-rc.1'], 'semver');
  const taken = (range: string) =>
    ['1.0.0', '1.2.0', '2.0.0-rc.1', '2.0.0'].filter((version) =>
      contains(ranks.intervalsOf(range)!, ranks.rankOf(version)),
    );
  expect(taken('^1.0.0')).toEqual(['1.0.0', '1.2.0']);
  expect(taken('==1.2.*')).toEqual(['1.2.0']);
  expect(ranks.intervalsOf('the newest')).toBeUndefined();
  expect(rankVersions(['1.0'], 'pep440').intervalsOf('^1.0')).toBeUndefined();
});

test('intersects', () => {
  expect(intersect([0, 3, 5, 9], [2, 6, 8, 10])).toEqual([2, 3, 5, 6, 8, 9]);
  expect(intersect([0, 3], [3, 4])).toEqual([]);
});
