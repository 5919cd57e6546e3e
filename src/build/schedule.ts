/** Something to be done once everything it comes after is done. */
export interface Task {
  name: string;
  /** Names of tasks that come before. */
  after: readonly string[];
  /** How long it may take, in any unit; decides what is begun first. */
  weight: number;
}

/** What became of a task. `skipped`: something that it comes after failed, or nothing new was begun any more. */
export type Outcome =
  | { state: 'done'; seconds: number }
  | { state: 'failed'; seconds: number; error: unknown }
  | { state: 'skipped'; because: string };

export interface ScheduleOptions {
  /** Most tasks at a time, at least one. */
  jobs: number;
  /** After a failure go on with what does not depend on it; else only what runs already comes to its end. */
  keepGoing: boolean;
  /** Once aborted nothing new begins; what runs is waited for. */
  signal: AbortSignal;
  /** Seconds on a clock that never goes back. */
  now: () => number;
}

/**
 * Does the tasks of a graph side by side, those first that have the longest way to the end before them: what is on the
 * critical path must not wait for what has time. Never rejects: what a task throws is its outcome.
 * @param tasks a graph without a circle; names in `after` that are no tasks count as done.
 * @returns outcomes by name, in the order of the tasks.
 */
export async function schedule(
  tasks: readonly Task[],
  work: (name: string) => Promise<void>,
  { jobs, keepGoing, signal, now }: ScheduleOptions,
): Promise<Map<string, Outcome>> {
  const children = childrenOf(tasks);
  const ways = longestWays(tasks, children);
  const outcomes = new Map<string, Outcome>();
  const missing = new Map(
    tasks.map(({ name, after }) => [name, new Set(after.filter((one) => children.has(one))).size]),
  );
  const ready = tasks.map(({ name }) => name).filter((name) => missing.get(name) === 0);
  const running = new Set<Promise<void>>();
  let failed: string | undefined;

  const release = (done: string): void => {
    for (const name of children.get(done)!) {
      const left = missing.get(name)! - 1;
      missing.set(name, left);
      if (left === 0 && !outcomes.has(name)) ready.push(name);
    }
  };
  const skipBehind = (lost: string): void => {
    for (const names = [lost]; names.length > 0; ) {
      const because = names.pop()!;
      for (const name of children.get(because)!) {
        if (outcomes.has(name)) continue;
        outcomes.set(name, { state: 'skipped', because });
        names.push(name);
      }
    }
  };
  const begin = (name: string): void => {
    const started = now();
    const promise: Promise<void> = work(name)
      .then(
        () => {
          outcomes.set(name, { state: 'done', seconds: now() - started });
          release(name);
        },
        (error: unknown) => {
          failed ??= name;
          outcomes.set(name, { state: 'failed', seconds: now() - started, error });
          skipBehind(name);
        },
      )
      .finally(() => running.delete(promise));
    running.add(promise);
  };

  for (;;) {
    ready.sort((a, b) => ways.get(b)! - ways.get(a)!);
    const goesOn = () => !signal.aborted && (keepGoing || failed === undefined);
    while (running.size < jobs && ready.length > 0 && goesOn()) begin(ready.shift()!);
    if (running.size === 0) break;
    await Promise.race(running);
  }
  for (const { name } of tasks)
    if (!outcomes.has(name)) outcomes.set(name, { state: 'skipped', because: failed ?? 'stopped' });
  return new Map(tasks.map(({ name }) => [name, outcomes.get(name)!]));
}

/** By name: the tasks that come right after it. */
function childrenOf(tasks: readonly Task[]): Map<string, string[]> {
  const children = new Map(tasks.map(({ name }) => [name, [] as string[]]));
  for (const { name, after } of tasks) for (const one of new Set(after)) children.get(one)?.push(name);
  return children;
}

/** By name: the weights along the longest way from the task to an end. Without recursion: chains may be long. */
function longestWays(
  tasks: readonly Task[],
  children: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const weights = new Map(tasks.map(({ name, weight }) => [name, weight]));
  const ways = new Map<string, number>();
  const stack = tasks.map(({ name }) => name);
  while (stack.length > 0) {
    const name = stack.at(-1)!;
    const behind = children.get(name)!;
    const open = behind.filter((one) => !ways.has(one));
    if (open.length > 0) stack.push(...open);
    else {
      stack.pop();
      ways.set(name, weights.get(name)! + behind.reduce((most, one) => Math.max(most, ways.get(one)!), 0));
    }
  }
  return ways;
}
