import { describe, expect, it, test } from 'vitest';
import { pins } from './pep440-specifier.ts';
import { grammarNames, grammarOf } from './version-grammar.ts';

const pep440 = grammarOf('pep440');
const semver = grammarOf('semver');
const date = grammarOf('date');

/** Each list is in ascending order already; the middle is where a text sort goes wrong. */
const ascending = {
  pep440: [
    '1.0.dev1 1.0a1.dev2 1.0a1 1.0b1 1.0rc1.dev16 1.0rc1 1.0 1.0+abc 1.0+abc.5 1.0+5 1.0.post1.dev2 1.0.post1 1!0.1',
    '7.9.0 7.10.0rc1 7.10.0 7.14.0a20260629 7.14.0a20260630 7.14.0 7.15.0a20260630 10.0.0',
    '2.9.0+rocm7.14.0 2.11.0+rocm7.9.0 2.11.0+rocm7.10.0 2.11.0+rocm7.14.0a20260629 2.11.0+rocm7.14.0a20260630 2.11.0+rocm7.14.0 2.11.1',
    // Python's packaging orders words as text, so a tenth generation comes before the seventh.
    '2.11.0+rocm10.0 2.11.0+rocm7.14.0',
    // 5e8 is a word, no number.
    '2.0+5e8 2.0+6',
  ],
  semver: ['0.9.0 0.10.0-rc.2 0.10.0-rc.10 0.10.0 1.0.0-alpha 1.0.0 1.0.0+b1 1.0.0+b2 2.0.0'],
  date: ['20251231 2026-01-01 20260630 2026-07-01'],
};

describe.each(grammarNames)('%s', (name) => {
  const grammar = grammarOf(name);

  test.each(ascending[name])('orders %s', (text) => {
    const versions = text.split(' ');
    for (const [i, a] of versions.entries()) {
      for (const [j, b] of versions.entries()) {
        expect(Math.sign(grammar.compare(a, b)), `${a} and ${b}`).toBe(Math.sign(i - j));
      }
    }
  });

  test.each([
    ...[
      '',
      ' ',
      '1.0\n',
      '1.0 ',
      ' 1.0',
      '$(id)',
      '1.0;id',
      '1.0`id`',
      '../1.0',
      '1.0/../..',
      '1.0\u0000',
      '1.0%2B1',
    ],
    ...[
      'x',
      'latest',
      '١.٠',
      `1.${'0'.repeat(10_000)}`,
      '9'.repeat(10_000),
      '1.12345678901234567',
      '1.'.repeat(100),
      `${'1.'.repeat(100)}1`,
    ],
  ])('refuses %j', (text) => {
    expect(grammar.valid(text)).toBe(false);
    expect(grammar.satisfies(text, '')).toBe(false);
  });

  test.each(['>', '>=?', '>=1.0,', '$(id)', `>=1.0${',>=1.0'.repeat(1000)}`])(
    'refuses the range %j',
    (range) => {
      expect(grammar.validRange(range)).toBe(false);
      expect(grammar.satisfies(name === 'date' ? '20260630' : '1.0.0', range)).toBe(false);
    },
  );

  it('takes every version by the empty range', () => {
    expect(
      ascending[name]
        .join(' ')
        .split(' ')
        .filter((version) => !grammar.satisfies(version, '')),
    ).toEqual([]);
  });
});

// What Python's packaging says with prereleases=True.
test.each([
  ['2.11.0+rocm7.14.0', '>=2.11,<2.13', true],
  ['2.13.0a20260701', '>=2.11,<2.13', false],
  ['2.13.0rc1', '<2.13.post1', true],
  ['2.12.9', '<2.13', true],
  ['2.11.0+rocm7.14.0', '==2.11.0', true],
  ['2.11.0+rocm7.14.0', '==2.11', true],
  ['2.11.0+rocm7.14.0', '<=2.11.0', true],
  ['2.11.0+rocm7.14.0', '>2.11.0', false],
  ['2.11.0+rocm7.14.0', '!=2.11.0', false],
  ['2.11.0+rocm7.14.0', '==2.11.0+rocm7.14.0', true],
  ['2.11.0+rocm7.14.0', '==2.11.0+rocm7.15.0', false],
  ['2.11.0', '==2.11.0+rocm7.14.0', false],
  ['2.11.0+rocm7.14.0', '===2.11.0', false],
  ['2.11', '==2.11.0.*', true],
  ['2.11.0a1', '==2.11.*', true],
  ['2.110', '==2.11.*', false],
  ['2.11', '!=2.11.*', false],
  ['7.14.2', '~=7.14', true],
  ['8.0', '~=7.14', false],
  ['7.15.0a20260630', '~=7.14', true],
  ['7.14.0a20260630', '~=7.14', false],
  ['7.15.0', '~=7.14.0', false],
  ['7.14.0.post1', '~=7.14.0rc1', true],
  ['7.15.0a20260630', '<7.15.0a20260701', true],
  ['7.15.0a20260702', '>7.15.0a20260701', true],
  ['2.0.post1', '>2.0', false],
  ['2.0.post2', '>2.0.post1', true],
  ['2!2.0', '>1!2.0', true],
] as const)('PEP 440: %s in %s is %s', (version, range, expected) => {
  expect(pep440.validRange(range)).toBe(true);
  expect(pep440.satisfies(version, range)).toBe(expected);
});

test.each([
  '2.11',
  '~=2',
  '>=2.11.*',
  '>=2.11+rocm7',
  '~=2.11+rocm7',
  '==2.*.1',
  '>=2.11 <2.13',
  '=2.11',
  '^2.11',
])('PEP 440: %s is no specifier', (range) => expect(pep440.validRange(range)).toBe(false));

test('PEP 440 pins by == and === alone', () => {
  const pinning = (range: string) => pins('2.11.0+rocm7.14.0', range);
  expect(
    ['==2.11.0', '==2.11.0+rocm7.14.0', '===2.11.0+rocm7.14.0', '>=2,==2.11'].map(pinning),
  ).not.toContain(false);
  expect(['', '>=2.11', '==2.11.*', '~=2.11', '==2.11.1', '===2.11.0'].map(pinning)).not.toContain(true);
});

test('knows pre-releases, and ranges that ask for them', () => {
  const pre = ['7.15.0a20260630', '7.12.0rc1', '0.27.2rc1.dev16', '1.0.dev1', '1.0.post1.dev1'];
  expect(pre.map(pep440.isPrerelease)).not.toContain(false);
  expect(['7.14.0', '1.0.post1', '2.11.0+rocm7.14.0a20260630'].map(pep440.isPrerelease)).not.toContain(true);
  expect(['==7.15.0a20260630', '>=7.15rc1,<8'].map(pep440.namesPrerelease)).not.toContain(false);
  expect(['', '>=7.15', '!=7.15.0a20260630', '==7.*'].map(pep440.namesPrerelease)).not.toContain(true);
  expect([semver.isPrerelease('1.0.0-rc.1'), semver.isPrerelease('1.0.0+b1')]).toEqual([true, false]);
  expect(['>=1.0.0-rc.1', '1.0.0 - 2.0.0'].map(semver.namesPrerelease)).toEqual([true, false]);
});

test('semver and date ranges', () => {
  expect(semver.satisfies('0.10.3', '>=0.9 <1')).toBe(true);
  expect(semver.satisfies('1.0.0-rc.1', '^0.10.0')).toBe(false);
  expect(semver.satisfies('1.1.0-rc.1', '^1.0.0')).toBe(true);
  expect(['v1.0.0', '1.0', '01.0.0', '1.0.0 '].map(semver.valid)).not.toContain(true);
  expect(date.satisfies('20260630', '>=2026-06-01,<20260701')).toBe(true);
  expect(date.satisfies('20260630', '!=2026-06-30')).toBe(false);
  expect(['20260231', '20261301', '2026-0630', '19990101', '20260630-1'].map(date.valid)).not.toContain(true);
});

test('finds the day inside a version', () => {
  expect(pep440.dateOf('2.11.0+rocm7.14.0a20260630')).toBe('2026-06-30');
  expect(pep440.dateOf('7.15.0a20260630')).toBe('2026-06-30');
  expect(pep440.dateOf('2.12.0a20260620+rocm7.15.0a20260630')).toBe('2026-06-30');
  expect(semver.dateOf('1.0.0-nightly.20260630')).toBe('2026-06-30');
  expect(date.dateOf('2026-06-30')).toBe('2026-06-30');
  expect(['7.14.0', '7.14.0a20261341', '1.0+g202606301', '20.2606.30'].map(pep440.dateOf)).toEqual(
    Array(4).fill(undefined),
  );
});
