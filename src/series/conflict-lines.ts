import type { JudgedPatch } from './judge.ts';

/** A conflict as lines for a person: the place, then what is needed and what is there. */
export function conflictLines({ reason, conflict }: JudgedPatch, path: string): string[] {
  const lines = [path === '.' || path === '' ? (reason ?? '') : `in ${path}: ${reason ?? ''}`];
  if (conflict?.expected) lines.push('expected:', ...conflict.expected.map((line) => `  ${line}`));
  if (conflict?.found) {
    lines.push(
      `found at ${conflict.file}:${conflict.nearest}:`,
      ...conflict.found.map((line) => `  ${line}`),
    );
  }
  return lines;
}
