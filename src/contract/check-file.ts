import type { ContractFile } from '../model/contract.ts';
import type { Finding, Outcome, RunCheck } from './check.ts';
import { demandText, matchesText, oneLine } from './wording.ts';

const seconds = 10;
const contentLimit = 65536;

/** A file is there (or isn't) with its type, permissions, owner and content. */
export function fileCheck(file: ContractFile): RunCheck {
  const { path, type, mode, owner, content } = file;
  const follow = type === 'symlink' || type === 'absent' ? [] : ['--dereference'];
  // https://www.gnu.org/software/coreutils/stat
  const stat = ['stat', ...follow, '--format=%F|%a|%U|%G', '--', path];
  const head = ['head', `--bytes=${contentLimit}`, '--', path];
  return {
    by: 'run',
    id: `file:${path}`,
    what: type === 'absent' ? `${path} is absent` : `${path} is as it should be`,
    expected: [
      type,
      mode && `mode ${mode}`,
      owner && `owner ${owner}`,
      content !== undefined && `content ${demandText(content)}`,
    ]
      .filter(Boolean)
      .join(', '),
    next: `correct the layer that makes ${path}, or \`contract.files\``,
    steps: [{ words: stat, seconds }, ...(content === undefined ? [] : [{ words: head, seconds }])],
    judge: ([stat, head]) => judge(file, stat!, head),
  };
}

function judge({ type, mode, owner, content }: ContractFile, stat: Outcome, head?: Outcome): Finding {
  if (stat.exitCode !== 0) {
    const absent = /: No such file or directory$/.test(stat.stderr.trim());
    return absent
      ? { passed: type === 'absent', found: 'absent' }
      : { passed: false, found: oneLine(stat.stderr) || `stat: exit code ${stat.exitCode}` };
  }
  const [kind = '', bits = '', user = '', group = ''] = stat.stdout.trim().split('|');
  const is = typeOf(kind);
  const foundMode = `0${bits.padStart(3, '0')}`;
  const wrong: string[] = [];
  if (is !== type) wrong.push(is);
  if (mode !== undefined && parseInt(mode, 8) !== parseInt(bits, 8)) wrong.push(`mode ${foundMode}`);
  if (owner !== undefined && owner !== (owner.includes(':') ? `${user}:${group}` : user)) {
    wrong.push(`owner ${oneLine(`${user}:${group}`)}`);
  }
  if (content !== undefined && is === 'file') {
    const text = head?.exitCode === 0 ? head.stdout : undefined;
    if (text === undefined) wrong.push(`unreadable: ${oneLine(head?.stderr ?? '')}`);
    else if (!matchesText(text, content)) wrong.push(text === '' ? 'empty' : `content "${oneLine(text)}"`);
  }
  return wrong.length === 0
    ? { passed: true, found: `${is}, mode ${foundMode}, owner ${oneLine(`${user}:${group}`)}` }
    : { passed: false, found: wrong.join(', ') };
}

/** From the words of `stat` in the C locale. */
function typeOf(kind: string): string {
  if (kind === 'regular file' || kind === 'regular empty file') return 'file';
  if (kind === 'symbolic link') return 'symlink';
  return oneLine(kind);
}
