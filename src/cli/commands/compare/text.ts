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
      labels.map(({ name, from, to }) => [name, short(from ?? 'none'), '→', short(to ?? 'none')]),
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

function grown(from: number | undefined, to: number | undefined): string {
  if (from === undefined) return bytesText(to ?? 0);
  return to === undefined ? bytesText(from) : `${bytesText(from)} → ${bytesText(to)}`;
}

function short(text: string): string {
  return text.length > 72 ? `${text.slice(0, 71)}…` : text;
}
