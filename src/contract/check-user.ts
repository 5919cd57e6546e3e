import type { ContractUser } from '../model/contract.ts';
import type { Outcome, RunCheck } from './check.ts';
import { oneLine } from './wording.ts';

/** The login name that the check creates in the throw-away container. */
export const checkUser = 'halobox-check';

const seconds = 20;
const sudoGroup = 'getent group sudo >/dev/null && g=sudo || { getent group wheel >/dev/null && g=wheel; }';

/**
 * The user ID is free, and a user is created with it as toolbox does it: with the arguments and the order of groups of
 * https://github.com/containers/toolbox/blob/main/src/cmd/initContainer.go (configureUsers) and GetGroupForSudo.
 * distrobox takes the same arguments and adds a sudo rule of its own for the user, so what does for toolbox does for
 * distrobox: https://github.com/89luca89/distrobox/blob/main/distrobox-init.
 */
export function userIdCheck({ uid }: ContractUser): RunCheck {
  const create =
    `useradd --groups "$g" --home-dir "/home/$2" --no-create-home --password '' ` +
    '--shell /bin/bash --uid "$1" "$2"';
  return {
    by: 'run',
    id: `user:${uid}`,
    what: `user ${uid} can be created, in group sudo or wheel`,
    expected: `no user has ID ${uid}; a group sudo or wheel; useradd ends with 0`,
    next: `remove the user that holds ID ${uid} (userdel), and install the packages passwd and sudo`,
    steps: [
      { words: ['getent', 'passwd', String(uid)], seconds },
      { words: ['sh', '-c', `${sudoGroup} && ${create}`, 'sh', String(uid), checkUser], seconds },
    ],
    judge([holder, created]) {
      if (holder!.exitCode === 0) {
        return { passed: false, found: `the ID is taken: ${oneLine(holder!.stdout)}` };
      }
      // 2: the key is not there, https://man7.org/linux/man-pages/man1/getent.1.html
      if (holder!.exitCode !== 2) return { passed: false, found: `getent: ${ending(holder!)}` };
      if (created!.exitCode !== 0)
        return { passed: false, found: `can't create the user: ${ending(created!)}` };
      return { passed: true, found: 'free, and created' };
    },
  };
}

/**
 * The created user becomes root without a password. `sudo -n` never asks: the empty password that toolbox sets
 * doesn't help, a rule with NOPASSWD does.
 */
export function sudoCheck(_user: ContractUser): RunCheck {
  return {
    by: 'run',
    id: 'user:sudo',
    what: 'that user may sudo without a password',
    expected: '`sudo -n id -u` as that user prints 0',
    next: 'add a file of mode 0440 to /etc/sudoers.d with `%sudo ALL=(ALL:ALL) NOPASSWD: ALL` (or %wheel)',
    steps: [{ words: [...asCheckUser, 'sudo', '-n', 'id', '-u'], seconds }],
    judge([outcome]) {
      if (outcome!.stderr.startsWith('setpriv: ')) {
        return {
          passed: false,
          found: `not tried: ${oneLine(outcome!.stderr)}`,
          next: 'see the check before it',
        };
      }
      const passed = outcome!.exitCode === 0 && outcome!.stdout.trim() === '0';
      return { passed, found: passed ? '0' : ending(outcome!) };
    },
  };
}

/** Words before a command that is run as the created user, with its groups. */
export const asCheckUser: readonly string[] = [
  ...['setpriv', `--reuid=${checkUser}`, `--regid=${checkUser}`, '--init-groups'],
  ...['env', `HOME=/home/${checkUser}`, `USER=${checkUser}`, `LOGNAME=${checkUser}`],
];

function ending({ exitCode, stdout, stderr }: Outcome): string {
  return `exit code ${exitCode}: ${oneLine(`${stderr}\n${stdout}`) || 'no output'}`;
}
