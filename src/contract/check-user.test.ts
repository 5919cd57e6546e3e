import { expect, test } from 'vitest';
import { bannerCheck } from './check-banner.ts';
import { sudoCheck, userIdCheck } from './check-user.ts';

const outcome = (exitCode: number, stdout = '', stderr = '') => ({ exitCode, stdout, stderr });
const userId = userIdCheck({ uid: 1000, sudo: 'passwordless' });
const sudo = sudoCheck({ uid: 1000, sudo: 'passwordless' });

test('the user is created with the arguments that toolbox gives', () => {
  const script = userId.steps[1]!.words[2];
  expect(script).toContain(
    `useradd --groups "$g" --home-dir "/home/$2" --no-create-home --password '' --shell /bin/bash --uid "$1" "$2"`,
  );
  expect(userId.steps[1]!.words.slice(3)).toEqual(['sh', '1000', 'halobox-check']);
});

test.each([
  [outcome(2), outcome(0), true, 'free, and created'],
  [
    outcome(0, 'ubuntu:x:1000:1000::/home/ubuntu:/bin/sh\n'),
    outcome(4),
    false,
    /^the ID is taken: ubuntu:x:1000/,
  ],
  [
    outcome(2),
    outcome(127, '', 'sh: 1: useradd: not found\n'),
    false,
    /exit code 127: sh: 1: useradd: not found/,
  ],
  [outcome(2), outcome(1), false, /exit code 1: no output/],
  [outcome(127, '', 'timeout: getent: none'), outcome(0), false, /^getent: exit code 127/],
])('judges the user', (holder, created, passed, found) => {
  const finding = userId.judge([holder, created]);
  expect(finding.passed).toBe(passed);
  expect(finding.found).toMatch(found);
});

test('sudo must give root, without a word about passwords', () => {
  expect(sudo.judge([outcome(0, '0\n')])).toEqual({ passed: true, found: '0' });
  expect(sudo.judge([outcome(0, '0\n', 'sudo: unable to resolve host x\n')]).passed).toBe(true);
  expect(sudo.judge([outcome(0, '1000\n')]).passed).toBe(false);
  expect(sudo.judge([outcome(1, '', 'sudo: a password is required\n')])).toEqual({
    passed: false,
    found: 'exit code 1: sudo: a password is required',
  });
  expect(sudo.judge([outcome(1, '', 'setpriv: failed to parse reuid')]).found).toMatch(/^not tried/);
});

test('a banner must show every text', () => {
  const banner = bannerCheck({ says: ['rccl 5.4.3', 'rdma-check 0.1.0'] });
  expect(banner.judge([outcome(0, 'rdma-check 0.1.0\n  rccl 5.4.3\n')]).passed).toBe(true);
  expect(banner.judge([outcome(0, 'rdma-check 0.1.0\n', 'bash: no job control in this shell\n')])).toEqual({
    passed: false,
    found: 'without "rccl 5.4.3": rdma-check 0.1.0 bash: no job control in this shell',
  });
});
