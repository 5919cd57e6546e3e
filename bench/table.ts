import type { Row } from './contest.ts';

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

function duration(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return seconds < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`;
}

/** A small one is a share. */
function ratioText(ratio: number): string {
  return ratio < 0.2 ? `${Number((ratio * 100).toPrecision(2))} % of` : `${Number(ratio.toFixed(2))}×`;
}

/** The rows for a terminal: what was measured, beside what is aimed at. */
export function table(title: string, rows: readonly Row[]): string {
  const head = ['', 'median', 'fastest', 'slowest', 'peak', 'ratio', 'aim', ''];
  const cells = rows.map(({ missing, ...row }) => {
    if (missing !== undefined) return [row.name, missing];
    const aims = [
      ...(row.aim === undefined ? [] : [`≤ ${ratioText(row.aim).replace(' of', '')}`]),
      ...(row.aimSeconds === undefined ? [] : [`< ${duration(row.aimSeconds)}`]),
      ...(row.aimPeak === undefined ? [] : [`< ${megabytes(row.aimPeak)}`]),
    ];
    return [
      row.name,
      duration(row.seconds),
      duration(row.fastest),
      duration(row.slowest),
      row.peak ? megabytes(row.peak) : '',
      row.ratio === undefined ? '' : `${ratioText(row.ratio)} ${row.against}`,
      aims.join(', '),
      row.met === undefined ? '' : row.met ? 'met' : 'missed',
    ];
  });
  const full = [head, ...cells.filter((line) => line.length > 2)];
  const widths = head.map((_, column) =>
    Math.max(...(column === 0 ? [head, ...cells] : full).map((line) => line[column]!.length)),
  );
  const lines = [head, ...cells].map((line) =>
    line
      .map((cell, column) => (line.length > 2 || column === 0 ? cell.padEnd(widths[column]!) : cell))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines].join('\n');
}
