import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Contender, contest, type Row } from './contest.ts';
import { nodeFlags } from './installed.ts';
import type { Sample } from './measure.ts';

const script = join(import.meta.dirname, 'plan-once.ts');

/** How long planning takes, from definitions to the document, start-up left out; four times as much to see that it is linear. */
export function planning(images: number, rounds: number): Promise<Row[]> {
  const name = (count: number) => `${count} images of 10 layers`;
  const contenders: Contender[] = [
    { name: name(images), aimSeconds: 1, once: async () => once(images) },
    { name: name(4 * images), against: name(images), aim: 4.4, once: async () => once(4 * images) },
  ];
  return contest(contenders, rounds);
}

function once(images: number): Sample {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeFlags, script, `${images}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr.slice(-500));
  return JSON.parse(stdout);
}
