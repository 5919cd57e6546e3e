import type { Row } from './replay.ts';

/** The rows as a Markdown table; with `stretches` neighbours with equal results are one line. */
export function markdown(rows: readonly Row[], stretches: boolean): string {
  const names = Object.keys(rows[0]?.verdicts ?? {});
  const lines = [
    `| Commit | Date | Version | Target | RCCL | rccl is | ${names.join(' | ')} | Wrong | ms |`,
    `|---|---|---|---|---|---|${names.map(() => '---|').join('')}---|---:|`,
  ];
  for (const stretch of grouped(rows, stretches)) {
    const [first, last] = [stretch[0]!, stretch.at(-1)!];
    const span = (of: (row: Row) => string): string =>
      of(first) === of(last) ? of(first) : `${of(first)} – ${of(last)}`;
    const slowest = Math.max(...stretch.map(({ milliseconds }) => milliseconds));
    const commits = stretch.length === 1 ? first.commit : `${span((row) => row.commit)} (${stretch.length})`;
    const verdicts = names.map((name) => first.verdicts[name] ?? '');
    const cells = [
      commits,
      span((row) => row.date),
      span((row) => row.version),
      first.target,
      place(first, stretches),
    ];
    lines.push(`| ${[...cells, first.judged, ...verdicts, first.wrong, slowest.toFixed(0)].join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

/** How many commits, verdicts and wrong ones, and how long a verdict took. */
export function summary(rows: readonly Row[]): string {
  const times = rows.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const counts = new Map<string, number>();
  for (const { verdicts, target } of rows) {
    const key = `${target} ${verdicts['therock-rccl']}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const wrong = rows.filter((row) => row.wrong !== '');
  const commits = new Set(rows.map(({ commit }) => commit)).size;
  return [
    `${commits} commits, ${rows.length} verdicts on therock-rccl: ${[...counts].map(([key, count]) => `${key} ${count}`).join(', ')}`,
    `wrong: ${wrong.length}${wrong.map((row) => `\n  ${row.commit} ${row.target}: ${row.wrong}`).join('')}`,
    `milliseconds: median ${times[Math.floor(times.length / 2)]?.toFixed(0)}, slowest ${times.at(-1)?.toFixed(0)}`,
    '',
  ].join('\n');
}

function place(row: Row, stretches: boolean): string {
  return stretches ? row.place.replace(/ .*/, '') : row.place;
}

function grouped(rows: readonly Row[], stretches: boolean): Row[][] {
  if (!stretches) return rows.map((row) => [row]);
  const groups = new Map<string, Row[][]>();
  const likeness = (row: Row): string =>
    JSON.stringify([row.verdicts, row.judged, row.wrong, place(row, true), row.version]);
  for (const row of rows) {
    const mine = groups.get(row.target) ?? [];
    groups.set(row.target, mine);
    const last = mine.at(-1);
    if (last && likeness(last[0]!) === likeness(row)) last.push(row);
    else mine.push([row]);
  }
  return [...groups.values()].flat();
}
