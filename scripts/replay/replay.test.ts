import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAllSeries } from '../../src/catalog/read-series.ts';
import { Walk } from './commits.ts';
import { readDeclaration } from './judge.ts';
import { replay } from './replay.ts';
import { markdown, summary } from './table.ts';

const declaration = (excluded: string) => `
therock_add_amdgpu_target(gfx1150 "Other" FAMILY x
  EXCLUDE_TARGET_PROJECTS
    rccl
)
therock_add_amdgpu_target(gfx1151 "A (strange) rccl" FAMILY x
  EXCLUDE_TARGET_PROJECTS
    hipSPARSELt # like rccl
${excluded})

# Validates and normalizes AMDGPU target selection cache variables.
function(therock_validate_amdgpu_targets)
endfunction()
`;

let folder: string;
const git = (...args: string[]) =>
  execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: folder });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halobox-history-'));
  mkdirSync(join(folder, 'cmake'));
  await git('init', '--quiet', '--initial-branch=main');
  for (const [version, excluded] of [
    ['7.11.0', '    rccl  # link\n'],
    ['7.12.0', '    rccl # link\n    rccl-tests\n'],
    ['7.13.0', ''],
  ] as const) {
    writeFileSync(join(folder, 'version.json'), `{ "rocm-version": "${version}" }\n`);
    writeFileSync(join(folder, 'cmake/therock_amdgpu_targets.cmake'), declaration(excluded));
    await git('add', '.');
    await git('commit', '--quiet', `--message=${version}`);
    await git('tag', version);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('walks a history and agrees with the judge; the history is only read', async () => {
  const before = await git('for-each-ref');
  const walk = await Walk.open(folder);
  try {
    const rows = [];
    for (const commit of await walk.commits([], { since: undefined, until: undefined, count: undefined })) {
      await walk.visit(commit);
      rows.push(await replay(walk, readAllSeries('.'), 'gfx1151', false));
    }
    expect(
      rows.map(({ version, judged, verdicts, wrong }) => [version, judged, verdicts['therock-rccl'], wrong]),
    ).toEqual([
      ['7.11.0', 'excluded', 'applies', ''],
      ['7.12.0', 'excluded', 'applies', ''],
      ['7.13.0', 'built', 'upstream', ''],
    ]);
    expect(markdown(rows, true).split('\n')).toHaveLength(2 + 3 + 1);
    expect(summary(rows)).toContain('wrong: 0');
    await walk.visit(
      (await walk.commits(['7.12.0'], { since: undefined, until: undefined, count: undefined }))[0]!,
    );
    expect((await replay(walk, readAllSeries('.'), 'gfx1153', false)).judged).toBe('undeclared');
  } finally {
    walk.close();
  }
  expect((await git('for-each-ref')).stdout).toBe(before.stdout);
});

test('a verdict that is not what the declaration says is wrong', async () => {
  const walk = await Walk.open(folder);
  try {
    await walk.visit(
      (await walk.commits(['7.13.0'], { since: undefined, until: undefined, count: undefined }))[0]!,
    );
    const series = readAllSeries('.');
    const one = series.get('therock-rccl')!;
    // A probe that never holds: the patch is said to be needed where it is not.
    const blind = one.patches.map((patch) => ({
      ...patch,
      probe: [{ file: 'version.json', has: ['nothing'] }],
    }));
    series.set('therock-rccl', { ...one, patches: blind });
    expect((await replay(walk, series, 'gfx1151', false)).wrong).toBe('applies, but rccl is built');
  } finally {
    walk.close();
  }
});

test('the judge reads declarations without comments and product names', () => {
  expect(readDeclaration(declaration(''), 'gfx1151')).toBe('built');
  expect(readDeclaration(declaration('    rccl\n'), 'gfx1151')).toBe('excluded');
  expect(readDeclaration(declaration(''), 'gfx115')).toBe('undeclared');
});
