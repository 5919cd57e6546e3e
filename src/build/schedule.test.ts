import { expect, test } from 'vitest';
import { type Outcome, schedule, type Task } from './schedule.ts';

/** A graph by its edges: `c: a b` comes after a and b. Each task ends when the test says so. */
class Yard {
  readonly begun: string[] = [];
  readonly running = new Set<string>();
  most = 0;
  readonly #ends = new Map<string, (error?: Error) => void>();
  readonly #stop = new AbortController();
  readonly result: Promise<Map<string, Outcome>>;
  #clock = 0;

  constructor(
    graph: Record<string, string>,
    options: { jobs?: number; keepGoing?: boolean; weights?: Record<string, number> } = {},
  ) {
    const { jobs = 2, keepGoing = false, weights = {} } = options;
    const tasks: Task[] = Object.entries(graph).map(([name, after]) => ({
      name,
      after: after.split(' ').filter(Boolean),
      weight: weights[name] ?? 1,
    }));
    this.result = schedule(tasks, (name) => this.#work(name), {
      jobs,
      keepGoing,
      signal: this.#stop.signal,
      now: () => this.#clock++,
    });
  }

  #work(name: string): Promise<void> {
    this.begun.push(name);
    this.running.add(name);
    this.most = Math.max(this.most, this.running.size);
    return new Promise((resolve, reject) => {
      this.#ends.set(name, (error) => {
        this.running.delete(name);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  async end(name: string, error?: Error): Promise<void> {
    this.#ends.get(name)!(error);
    await new Promise((turn) => setImmediate(turn));
  }

  stop(): void {
    this.#stop.abort();
  }
}

const states = (outcomes: Map<string, Outcome>) =>
  Object.fromEntries([...outcomes].map(([name, { state }]) => [name, state]));

test('a diamond: its sides at the same time, its end last', async () => {
  const yard = new Yard({ base: '', left: 'base', right: 'base', top: 'left right' });
  expect(yard.begun).toEqual(['base']);
  await yard.end('base');
  expect(yard.begun).toEqual(['base', 'left', 'right']);
  await yard.end('right');
  expect(yard.begun).toHaveLength(3);
  await yard.end('left');
  await yard.end('top');
  expect(states(await yard.result)).toEqual({ base: 'done', left: 'done', right: 'done', top: 'done' });
});

test('the longest way to the end is begun first', async () => {
  const graph = { quick: '', slow: '', after: 'slow', end: 'quick after' };
  const yard = new Yard(graph, { jobs: 1, weights: { quick: 5, slow: 2, after: 4 } });
  for (const name of ['slow', 'quick', 'after', 'end']) {
    expect(yard.begun.at(-1)).toBe(name);
    await yard.end(name);
  }
  await yard.result;
});

test.each([1, 2, 3])('no more than %i at a time', async (jobs) => {
  const graph = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, '']));
  const yard = new Yard(graph, { jobs });
  for (const name of ['a', 'b', 'c', 'd', 'e']) await yard.end(name);
  await yard.result;
  expect(yard.most).toBe(jobs);
});

test('a failure lets what runs come to its end and begins nothing new', async () => {
  const yard = new Yard({ bad: '', other: '', above: 'bad', apart: 'other' });
  await yard.end('bad', new Error('no'));
  await yard.end('other');
  const outcomes = await yard.result;
  expect(states(outcomes)).toEqual({ bad: 'failed', other: 'done', above: 'skipped', apart: 'skipped' });
  expect(outcomes.get('bad')).toMatchObject({ error: new Error('no') });
  expect(outcomes.get('above')).toMatchObject({ because: 'bad' });
});

test('keep going: what does not depend on the failure is done', async () => {
  const graph = { bad: '', other: '', above: 'bad', top: 'above', apart: 'other' };
  const yard = new Yard(graph, { keepGoing: true });
  await yard.end('bad', new Error('no'));
  await yard.end('other');
  await yard.end('apart');
  const outcomes = await yard.result;
  expect(states(outcomes)).toEqual({
    bad: 'failed',
    other: 'done',
    above: 'skipped',
    top: 'skipped',
    apart: 'done',
  });
  expect(outcomes.get('top')).toMatchObject({ because: 'above' });
});

test('stopped, nothing new begins and what runs is waited for', async () => {
  const yard = new Yard({ a: '', b: 'a' });
  yard.stop();
  await yard.end('a');
  const outcomes = await yard.result;
  expect(states(outcomes)).toEqual({ a: 'done', b: 'skipped' });
  expect(outcomes.get('b')).toMatchObject({ because: 'stopped' });
});

test('what is no task counts as done, and a long chain does not fill the stack', async () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `n${index}`);
  const tasks = names.map((name, index) => ({
    name,
    after: [names[index - 1] ?? 'there already'],
    weight: 1,
  }));
  const options = { jobs: 4, keepGoing: false, signal: new AbortController().signal, now: () => 0 };
  const outcomes = await schedule(tasks, async () => {}, options);
  expect([...outcomes.values()].every(({ state }) => state === 'done')).toBe(true);
});

test('nothing to do', async () => {
  expect((await new Yard({}).result).size).toBe(0);
});
