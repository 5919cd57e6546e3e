import type { Plan, PlannedNode } from './plan.ts';

/** How long a plan takes by what its layers took last time. */
export interface Estimate {
  /** Wall time of the whole, in seconds; a lower bound where layers are unknown. */
  seconds: number;
  /** Layers on the longest path of those that are built, in order. */
  path: readonly string[];
  /** Layers that are built and were never timed; they count for nothing. */
  unknown: readonly string[];
}

interface Timed {
  node: PlannedNode;
  seconds: number;
  /** Seconds from its start to the end of everything that waits for it. */
  left: number;
  next: Timed[];
  waitsFor: number;
}

/**
 * Walks the plan as an executor would: up to `jobs` layers at a time, the one with the longest path behind it first.
 * @param jobs at least 1.
 */
export function estimateOf({ nodes }: Plan, jobs: number): Estimate {
  const timed = new Map<string, Timed>();
  for (const node of nodes.values()) {
    if (node.action !== 'build') continue;
    const own: Timed = { node, seconds: node.seconds ?? 0, left: 0, next: [], waitsFor: 0 };
    for (const key of node.after) {
      const earlier = timed.get(key);
      if (!earlier) continue;
      earlier.next.push(own);
      own.waitsFor++;
    }
    timed.set(node.key, own);
  }
  const all = [...timed.values()];
  for (const one of all.toReversed()) one.left = one.seconds + longest(one.next);
  const unknown = all.filter(({ node }) => node.seconds === undefined).map(({ node }) => node.layer);
  const first = all.filter(({ waitsFor }) => waitsFor === 0);
  return { seconds: simulate(first, jobs), path: pathFrom(first), unknown };
}

function longest(timed: readonly Timed[]): number {
  return timed.reduce((most, { left }) => Math.max(most, left), 0);
}

function pathFrom(first: readonly Timed[]): string[] {
  const path: string[] = [];
  for (let among = first; among.length > 0; ) {
    const one = among.reduce((most, other) => (other.left > most.left ? other : most));
    path.push(one.node.layer);
    among = one.next;
  }
  return path;
}

function simulate(first: readonly Timed[], jobs: number): number {
  const ready = first.toSorted((a, b) => a.left - b.left);
  let running: { one: Timed; end: number }[] = [];
  let now = 0;
  while (ready.length > 0 || running.length > 0) {
    while (ready.length > 0 && running.length < jobs) {
      const one = ready.pop()!;
      running.push({ one, end: now + one.seconds });
    }
    const soonest = running.reduce((least, other) => (other.end < least.end ? other : least));
    now = soonest.end;
    running = running.filter((other) => other !== soonest);
    for (const waiting of soonest.one.next) {
      waiting.waitsFor--;
      if (waiting.waitsFor === 0) insert(ready, waiting);
    }
  }
  return now;
}

/** Into a list that is sorted by what is left, by halving. */
function insert(ready: Timed[], one: Timed): void {
  let [low, high] = [0, ready.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ready[middle]!.left < one.left) low = middle + 1;
    else high = middle;
  }
  ready.splice(low, 0, one);
}
