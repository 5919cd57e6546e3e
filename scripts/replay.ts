import { parseArgs } from 'node:util';
import { readAllSeries } from '../src/catalog/read-series.ts';
import { Walk } from './replay/commits.ts';
import { type Row, replay } from './replay/replay.ts';
import { markdown, summary } from './replay/table.ts';

const help = `Walks commits of TheRock and says, for each, what every patch series is for it, and whether an
independent reading of the declarations agrees. Ends with 1 when a verdict is wrong.

  npm run replay -- --git-dir DIR [COMMIT… | RANGE] [options]

  --git-dir DIR     a git directory of https://github.com/ROCm/TheRock; only read
  --since, --until  dates, for ranges
  --count N         at most N commits, spread evenly
  --target GFX      repeatable; default gfx1151
  --cmake           also apply each time, let CMake read the result, revert
  --json            a line of JSON for each row
  --stretches       one line for neighbouring commits with equal results

  npm run replay -- --git-dir TheRock/.git --since 2025-10-01 --until 2026-09-01 --count 300 --stretches
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'git-dir': { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    count: { type: 'string' },
    target: { type: 'string', multiple: true, default: ['gfx1151'] },
    cmake: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    stretches: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help || values['git-dir'] === undefined) {
  process.stdout.write(help);
  process.exitCode = values.help ? 0 : 2;
} else {
  const series = readAllSeries('.');
  const walk = await Walk.open(values['git-dir']);
  try {
    const { since, until } = values;
    const count = values.count === undefined ? undefined : Number(values.count);
    const rows: Row[] = [];
    for (const commit of await walk.commits(positionals, { since, until, count })) {
      await walk.visit(commit);
      for (const target of values.target) {
        const row = await replay(walk, series, target, values.cmake);
        rows.push(row);
        if (values.json) process.stdout.write(`${JSON.stringify(row)}\n`);
      }
    }
    if (!values.json) process.stdout.write(markdown(rows, values.stretches));
    process.stderr.write(summary(rows));
    process.exitCode = rows.some(({ wrong }) => wrong !== '') ? 1 : 0;
  } finally {
    walk.close();
  }
}
