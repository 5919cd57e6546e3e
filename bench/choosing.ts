import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { largeProblems } from '../src/lock/testing/large-problems.ts';
import { type Contender, contest, type Row } from './contest.ts';
import { nodeFlags } from './installed.ts';
import type { Sample } from './measure.ts';

const script = join(import.meta.dirname, 'choose-once.ts');

/** How long the choice of a coherent set takes among `count` candidates of each of eight members, start-up left out. */
export function choosing(count: number, rounds: number): Promise<Row[]> {
  return contest(
    Object.keys(largeProblems).map((name): Contender => ({ name, once: async () => once(name, count) })),
    rounds,
  );
}

function once(name: string, count: number): Sample {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeFlags, script, name, `${count}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr.slice(-500));
  return JSON.parse(stdout);
}
