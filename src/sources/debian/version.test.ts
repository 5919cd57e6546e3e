import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareDebianVersions, upstreamVersion, validDebianVersion } from './version.ts';

test.each([
  ['1.0~rc1', '1.0'],
  ['1.0~~', '1.0~'],
  ['1.0', '1.0+b1'],
  ['1.0-1', '1.0-1+deb13u1'],
  ['1.0-1~bpo12+1', '1.0-1'],
  ['9.9-1', '1:0.1-1'],
  ['1.9', '1.10'],
  ['1.0a', '1.0+'],
  ['1.0-9', '1.0-10'],
  ['25.01.0+0.80-1', '25.10.0+0.80-1'],
  ['5.4.3-3', '5.4.3-3.1'],
  ['1.0-1', '1.0-1-1'],
])('%s is older than %s', (older, newer) => {
  expect(Math.sign(compareDebianVersions(older, newer))).toBe(-1);
  expect(Math.sign(compareDebianVersions(newer, older))).toBe(1);
});

test.each([
  ['1.0', '1.0-0'],
  ['0:1.0', '1.0'],
  ['1.01', '1.1'],
  ['1.0.', '1.0.0'],
])('%s is as old as %s', (one, other) => {
  expect(compareDebianVersions(one, other)).toBe(0);
});

/** The same numbers in every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const dpkg = '/usr/bin/dpkg';

test.skipIf(!existsSync(dpkg))('dpkg orders 500 generated pairs alike', () => {
  const random = randomOf(7);
  const pieces = ['0', '1', '01', '10', '9', '.', '~', '+', 'a', 'Z', 'rc', '-', 'b1', '0~'];
  const part = () => Array.from({ length: random(6) }, () => pieces[random(pieces.length)]).join('');
  const version = () => `${['', '', '1:', '0:', '2:'][random(5)]}${random(3)}${part()}`;
  const related = (one: string) => {
    const at = random(one.length);
    return one.slice(0, at) + pieces[random(pieces.length)] + one.slice(at + random(2));
  };
  const pairs: [string, string][] = [];
  while (pairs.length < 500) {
    const one = version();
    const other = random(2) ? related(one) : version();
    if (validDebianVersion(one) && validDebianVersion(other)) pairs.push([one, other]);
  }
  const script =
    'while read -r a b; do for o in lt eq gt; do if dpkg --compare-versions "$a" $o "$b"; then echo $o; fi; done; done';
  const said = execFileSync('bash', ['-c', script], {
    input: pairs.map((pair) => `${pair.join(' ')}\n`).join(''),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ours = pairs.map(([a, b]) => ['lt', 'eq', 'gt'][Math.sign(compareDebianVersions(a, b)) + 1]);
  expect(ours).toEqual(said.trim().split('\n'));
  expect(new Set(ours).size).toBe(3);
});

test.each(['1', '1.0-1', '1:1.0:2-1', '2.0~rc1+dfsg-1~deb13u1', '1-2-3'])('%s is a version', (version) => {
  expect(validDebianVersion(version)).toBe(true);
});

test.each([
  '',
  'a',
  '1.0-',
  ':1',
  'x:1',
  '1:',
  '1:a',
  '1.0:1',
  '1_0',
  '1 0',
  '$(id)',
  '1/2',
  `1${'0'.repeat(256)}`,
])('%j is none', (version) => {
  expect(validDebianVersion(version)).toBe(false);
});

test('what upstream calls it', () => {
  expect(['1:2.3-4-5', '2.3', '5.4.3+dfsg-1'].map(upstreamVersion)).toEqual(['2.3-4', '2.3', '5.4.3+dfsg']);
});
