import type { Contract } from '../model/contract.ts';
import type { RunCheck } from './check.ts';
import { asCheckUser, checkUser } from './check-user.ts';
import { oneLine } from './wording.ts';

const seconds = 20;

/**
 * An interactive login shell prints the texts, as `toolbox enter` starts one (`bash -l` in the person's name):
 * https://github.com/containers/toolbox/blob/main/src/cmd/run.go. There is no terminal here: a banner should ask
 * whether `$-` holds `i`, not whether stdout is a terminal.
 */
export function bannerCheck({ says }: NonNullable<Contract['banner']>): RunCheck {
  const shell = 'bash --login -i -c :';
  const enter = `if id ${checkUser} >/dev/null 2>&1; then exec "$@" ${shell}; else exec ${shell}; fi`;
  return {
    by: 'run',
    id: 'banner',
    what: 'a login shell shows what is inside',
    expected: `text with ${says.map((text) => JSON.stringify(text)).join(', ')}`,
    next: 'print it from a file in /etc/profile.d that asks only whether `$-` holds `i`',
    steps: [{ words: ['sh', '-c', enter, 'sh', ...asCheckUser], seconds }],
    judge([outcome]) {
      const shown = `${outcome!.stdout}\n${outcome!.stderr}`;
      const missing = says.filter((text) => !shown.includes(text));
      if (missing.length === 0) return { passed: true, found: oneLine(outcome!.stdout) };
      const without = missing.map((text) => JSON.stringify(text)).join(', ');
      return { passed: false, found: `without ${without}: ${oneLine(shown) || 'no output'}` };
    },
  };
}
