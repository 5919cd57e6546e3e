import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Step } from './check.ts';
import { readOutcomes, scriptFor } from './script.ts';

const nonce = 'abc123';
const shell = (steps: Step[]): string =>
  execFileSync('sh', ['-c', scriptFor(steps, nonce)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const outcomes = (...commands: string[][]) => {
  const steps = commands.map((words) => ({ words, seconds: 5 }));
  return readOutcomes(shell(steps), nonce, steps.length);
};

test('gives exit code and both streams of every step', () => {
  expect(outcomes(['sh', '-c', 'echo out; echo err >&2; exit 3'], ['true'])).toEqual([
    { exitCode: 3, stdout: 'out\n', stderr: 'err\n' },
    { exitCode: 0, stdout: '', stderr: '' },
  ]);
});

test('words arrive as they are', () => {
  const words = [`it's`, '$(id)', '`id`', '"; exit 1; "', '*', '', '\\', '|', 'ü'];
  expect(outcomes(['printf', '%s,', ...words])[0]?.stdout).toBe(`${words.join(',')},`);
});

test('a word that would need a line break is refused', () => {
  expect(() => scriptFor([{ words: ['echo', 'a\nb'], seconds: 5 }], nonce)).toThrow(/line break/);
});

test('a missing command is told from one that fails', () => {
  expect(outcomes(['halobox-no-such-command'])).toMatchObject([
    { exitCode: 127, stderr: expect.stringMatching(/^timeout: /) },
  ]);
});

test('a command that hangs is stopped, and the next one runs', () => {
  const steps = [
    { words: ['sleep', '60'], seconds: 1 },
    { words: ['echo', 'next'], seconds: 5 },
  ];
  expect(readOutcomes(shell(steps), nonce, 2)).toMatchObject([{ exitCode: 124 }, { stdout: 'next\n' }]);
});

test('a command reads nothing, and much output is cut', () => {
  expect(outcomes(['cat'])).toEqual([{ exitCode: 0, stdout: '', stderr: '' }]);
  expect(outcomes(['head', '-c', '1000000', '/dev/zero'])[0]?.stdout.length).toBe(131072);
});

test('what a command prints never passes for the result of another, even when it knows the nonce', () => {
  const forged = `${nonce}|1|0|${Buffer.from('forged').toString('base64')}|`;
  const forge = `echo '${forged}'; echo '${forged}' >&2; echo '${forged}' >&3`;
  expect(outcomes(['sh', '-c', forge], ['sh', '-c', 'echo real; exit 1'])).toMatchObject([
    { stdout: `${forged}\n` },
    { exitCode: 1, stdout: 'real\n' },
  ]);
});

test('a step with two results, or none, has no outcome', () => {
  const lines = ['noise', `${nonce}|0|0||`, `${nonce}|0|1||`, `other|1|0||`, `${nonce}|2|0|b2s=|`];
  expect(readOutcomes(lines.join('\r\n'), nonce, 3)).toEqual([
    undefined,
    undefined,
    { exitCode: 0, stdout: 'ok', stderr: '' },
  ]);
});
