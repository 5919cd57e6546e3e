import type { ImageDiff } from '../../../compare/diff-images.ts';
import type { ImageSize } from '../../../compare/size-of.ts';
import { bytesText } from '../../../model/bytes.ts';
import { table } from '../../output.ts';

/** Lines that a person reads; --json has all of them. */
const most = 20;

export function diffText({ labels, layers, files, pull }: ImageDiff): string {
  if (labels.length + files.length === 0 && pull === 0) return 'the same\n';
  const mark = { both: '=', old: '-', new: '+' } as const;
  const count = (wanted: string) => files.filter(({ change }) => change === wanted).length;
  // What grew or shrank most says more than the alphabet.
  const weight = ({ from = 0, to = 0 }: ImageDiff['files'][number]) => Math.abs(to - from);
  const largest = files.toSorted((a, b) => weight(b) - weight(a)).slice(0, most);
  const sign = { added: '+', removed: '-', changed: '~' } as const;
  return [
    section(
      'labels',
      labels
        .flatMap(labelRows)
        .map(({ name, from = 'none', to = 'none' }) => [name, short(from), '→', short(to)]),
    ),
    section(
      'layers',
      layers.map(({ in: place, packed, by }) => [mark[place], bytesText(packed), short(by)]),
    ),
    section(
      `files: ${count('added')} added, ${count('removed')} removed, ${count('changed')} changed`,
      largest.map(({ path, change, from, to }) => [sign[change], `/${path}`, grown(from, to)]),
    ),
    files.length > most ? `  and ${files.length - most} more, which --json lists\n` : '',
    `pull    ${bytesText(pull)} for who has the old one\n`,
  ].join('');
}

export function sizeText({ layers, folders, packed, unpacked }: ImageSize): string {
  return [
    section(
      'layers: packed, files',
      layers.map((layer) => [bytesText(layer.packed), bytesText(layer.unpacked), short(layer.by)]),
    ),
    section(
      'folders',
      folders.slice(0, most).map(({ path, size, files }) => [bytesText(size), path, `${files} files`]),
    ),
    `all     ${bytesText(packed)} over the line, ${bytesText(unpacked)} of files\n`,
  ].join('');
}

function section(title: string, rows: readonly string[][]): string {
  if (rows.length === 0) return '';
  return `${title}\n${table(rows.map(([first = '', ...rest]) => [`  ${first}`, ...rest]))}`;
}

type LabelChange = ImageDiff['labels'][number];

/** A label that holds a document is told by what differs in it: `io.halobox.sources vllm.version 0.11.0 → 0.12.0`. */
function labelRows(change: LabelChange): LabelChange[] {
  const [before, after] = [leavesOf(change.from), leavesOf(change.to)];
  if (!before || !after) return [change];
  const rows = [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const [from, to] = [before.get(path), after.get(path)];
    if (from === to) return [];
    const name = `${change.name} ${path}`;
    return { name, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  });
  // The same document in other words is another label all the same.
  return rows.length > 0 ? rows : [change];
}

/** Values of a document of JSON by the names that lead to them; undefined: it is none. */
function leavesOf(text = '{}'): Map<string, string> | undefined {
  const leaves = new Map<string, string>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value !== 'object' || value === null) leaves.set(path.join('.'), String(value));
    else for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
  };
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null) return undefined;
    visit(document, []);
    return leaves;
  } catch {
    return undefined;
  }
}

function grown(from: number | undefined, to: number | undefined): string {
  if (from === undefined) return bytesText(to ?? 0);
  return to === undefined ? bytesText(from) : `${bytesText(from)} → ${bytesText(to)}`;
}

function short(text: string): string {
  return text.length > 72 ? `${text.slice(0, 71)}…` : text;
}
