import type { Change } from '../../../lock/changes.ts';
import { pinsOf } from '../../../lock/changes.ts';
import { pinText } from '../../../lock/pin-text.ts';
import type { Rejection } from '../../../lock/problem.ts';
import type { Lock } from '../../../model/lock.ts';
import { table } from '../../output.ts';

interface Resolution {
  image: string;
  file: string;
  written: boolean;
  dryRun: boolean;
  /** There was no lock before: everything is new. */
  first: boolean;
  lock: Lock;
  changes: readonly Change[];
  rejected: readonly Rejection[];
  notes: readonly string[];
}

/** What was chosen, what was passed over and why, and what that changes. */
export function resolutionText(resolution: Resolution): string {
  const { image, file, written, dryRun, first, lock, changes, rejected, notes } = resolution;
  const stamps = Object.entries(lock.stamps).map(([title, stamp]) => [`  ${title}`, stamp, 'shared stamp']);
  const chosen = [...pinsOf(lock)].map(([source, pin]) => {
    const date = 'date' in pin && pin.date !== undefined ? pin.date.slice(0, 10) : '';
    return [`  ${source}`, pinText(pin), date];
  });
  const end = dryRun
    ? `${file} was not written (--dry-run)`
    : written
      ? `wrote ${file}`
      : `${file} is as it was`;
  return [
    `${image}\n`,
    table([...stamps, ...chosen]),
    section('passed over', rejectionLines(rejected)),
    section('note', notes),
    section('changed', first ? [] : changes.map(changeText)),
    `${end}\n`,
  ].join('');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** `torch 2.11.0 → 2.12.0`, `debian perftest 1.0 → gone` */
export function changeText({ source, item, from, to }: Change): string {
  const what = item === undefined ? source : `${source} ${item}`;
  if (from === undefined) return `${what} ${to} (new)`;
  return to === undefined ? `${what} ${from} (gone)` : `${what} ${from} → ${to}`;
}

/**
 * A line for each reason, newest first: what shares a reason is told at once, and what fell with its stamp is not told
 * again for each member.
 */
export function rejectionLines(rejected: readonly Rejection[]): string[] {
  const groups = new Map<string, { of: string; why: string; versions: string[] }>();
  const stamps = rejected.filter(({ name }) => name === undefined);
  const told = new Set(stamps.map(({ of, version, why }) => `${of} ${version} was not chosen: ${why}`));
  for (const { of, version, why } of rejected) {
    if (told.has(why)) continue;
    const key = `${of}\n${why}`;
    const group = groups.get(key) ?? { of, why, versions: [] };
    if (!group.versions.includes(version)) group.versions.push(version);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ of, why, versions }) => {
    const [first, second, ...rest] = versions;
    const more = rest.length > 0 ? `${second} and ${rest.length} more` : second;
    return `${of} ${[first, more].filter(Boolean).join(', ')}: ${why}`;
  });
}
