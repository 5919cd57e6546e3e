import { shellWord } from '../render/shell.ts';
import type { Difference } from './difference.ts';
import { withoutDigests } from './explain-base.ts';
import type { KeyInputs } from './key.ts';

/** Characters of a line that are shown. */
const shown = 72;

interface Line {
  /** From 1, in the Containerfile. */
  number: number;
  text: string;
}

/**
 * The first line in which two Containerfiles differ, apart from what has a word of its own: versions of packages, keys
 * of other layers and digests of bases.
 */
export function explainTemplate(before: KeyInputs, after: KeyInputs): Difference[] {
  return firstDifference(linesOf(before), linesOf(after));
}

/** The same with nothing left out, for what no other word explains: a line that goes on where it did not, say. */
export function explainText(before: KeyInputs, after: KeyInputs): Difference[] {
  const lines = ({ containerfile }: KeyInputs) =>
    containerfile.split('\n').map((text, index) => ({ number: index + 1, text }));
  return firstDifference(lines(before), lines(after));
}

function firstDifference(old: readonly Line[], now: readonly Line[]): Difference[] {
  let first = 0;
  while (first < old.length && first < now.length && old[first]!.text === now[first]!.text) first++;
  if (first === old.length && first === now.length) return [];
  let last = 0;
  const most = Math.min(old.length, now.length) - first;
  while (last < most && old.at(-1 - last)!.text === now.at(-1 - last)!.text) last++;
  const from = first < old.length - last ? old[first] : undefined;
  const to = first < now.length - last ? now[first] : undefined;
  const [was, is] = clipped(from?.text.trim(), to?.text.trim());
  const at = `template: line ${(to ?? from)!.number}:`;
  return [
    {
      what: 'template',
      ...(from && { from: from.text.trim() }),
      ...(to && { to: to.text.trim() }),
      text:
        was === undefined
          ? `${at} added ${is}`
          : is === undefined
            ? `${at} removed ${was}`
            : `${at} ${was} → ${is}`,
    },
  ];
}

/** The lines without pinned packages, keys and bases' digests; lines that held nothing else are left out. */
function linesOf(inputs: KeyInputs): Line[] {
  const { packages, parents } = inputs;
  const pins = new Set(Object.entries(packages).map(([name, version]) => shellWord(`${name}=${version}`)));
  const unkeyed = Object.values(parents).reduce(
    (text, key) => text.replaceAll(`:${key}`, ''),
    withoutDigests(inputs),
  );
  return unkeyed.split('\n').flatMap((line, index) => {
    const words = line.split(' ');
    const kept = words.filter((word) => !pins.has(word));
    const text = kept.join(' ').replace(/\s*\\?$/, '');
    return kept.length < words.length && text.trim() === '' ? [] : [{ number: index + 1, text }];
  });
}

/** Both texts in quotes, cut to the part around their first difference. */
function clipped(from: string | undefined, to: string | undefined): [string | undefined, string | undefined] {
  let same = 0;
  while (from && to && same < from.length && from[same] === to[same]) same++;
  const start = Math.max(from?.length ?? 0, to?.length ?? 0) > shown ? Math.max(0, same - shown / 3) : 0;
  const cut = (text: string | undefined) =>
    text === undefined
      ? undefined
      : `"${start > 0 ? '…' : ''}${text.slice(start, start + shown)}${text.length > start + shown ? '…' : ''}"`;
  return [cut(from), cut(to)];
}
