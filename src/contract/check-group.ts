import type { RunCheck } from './check.ts';
import { oneLine } from './wording.ts';

/** A group exists: an engine looks a named `--group-add` up inside the container, and stops when it isn't there. */
export function groupCheck(group: string): RunCheck {
  return {
    by: 'run',
    id: `group:${group}`,
    what: `group ${group} exists`,
    expected: `getent finds ${group}`,
    next: `add \`groupadd --system ${group}\` to a layer of the image`,
    steps: [{ words: ['getent', 'group', group], seconds: 10 }],
    judge([outcome]) {
      const { exitCode, stdout, stderr } = outcome!;
      if (exitCode === 0) return { passed: true, found: oneLine(stdout) };
      const found = exitCode === 2 ? 'no such group' : `getent: exit code ${exitCode}: ${oneLine(stderr)}`;
      return { passed: false, found };
    },
  };
}
