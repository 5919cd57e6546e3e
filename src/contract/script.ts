import { shellWord } from '../render/shell.ts';
import type { Outcome, Step } from './check.ts';

/**
 * The shell script that takes all steps in one container, because starting a container takes longer than most of
 * them. It needs a POSIX shell and coreutils.
 *
 * For each step it prints one line: `<nonce>|<number>|<exit code>|<base64 of stdout>|<base64 of stderr>`. What the
 * commands print goes to files and comes back encoded, and the descriptor of the lines is closed for them, so no
 * output can pass for the result of another check.
 *
 * @param nonce letters and digits that no command can know.
 */
export function scriptFor(steps: readonly Step[], nonce: string): string {
  if (!/^[A-Za-z0-9]+$/.test(nonce)) throw new TypeError('the nonce must be letters and digits');
  return [
    'set -u',
    // English words, https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02
    'export LC_ALL=C',
    'exec 3>&1 1>&2',
    't=$(mktemp -d) || exit 97',
    'encoded() { head -c 131072 "$1" | base64 -w 0; }',
    'step() {',
    '  n=$1 s=$2; shift 2',
    // A tool that writes without end stops at 64 MiB (blocks of 512 bytes) and not at a full disk.
    '  (ulimit -f 131072; exec timeout -k 2 "$s" "$@") >"$t/out" 2>"$t/err" </dev/null 3>&-',
    '  r=$?',
    `  printf '${nonce}|%s|%s|%s|%s\\n' "$n" "$r" "$(encoded "$t/out")" "$(encoded "$t/err")" >&3`,
    '}',
    ...steps.map(({ words, seconds }, index) => `step ${index} ${seconds} ${words.map(shellWord).join(' ')}`),
    'rm -rf "$t"',
    '',
  ].join('\n');
}

/** Seconds that a container with the steps may take at most. */
export function scriptSeconds(steps: readonly Step[]): number {
  return steps.reduce((sum, { seconds }) => sum + seconds + 3, 60);
}

/** Reads the lines back, one place per step; undefined where there is no result, or more than one. */
export function readOutcomes(stdout: string, nonce: string, steps: number): (Outcome | undefined)[] {
  const line = new RegExp(
    `^${nonce}\\|(\\d{1,6})\\|(\\d{1,3})\\|([A-Za-z0-9+/]*={0,2})\\|([A-Za-z0-9+/]*={0,2})$`,
  );
  const outcomes = new Map<number, Outcome | undefined>();
  for (const text of stdout.split('\n')) {
    const [, number, exitCode, out, err] = line.exec(text.trimEnd()) ?? [];
    if (number === undefined) continue;
    const outcome = { exitCode: Number(exitCode), stdout: decoded(out), stderr: decoded(err) };
    outcomes.set(Number(number), outcomes.has(Number(number)) ? undefined : outcome);
  }
  return Array.from({ length: steps }, (_, index) => outcomes.get(index));
}

function decoded(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
