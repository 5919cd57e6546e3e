import { expect, test } from 'vitest';
import { BetweenBuilds } from './between-builds.ts';

/** A build or a piece of work that goes on until it is told to end. */
function stage(name: string, log: string[]) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async () => {
    log.push(`${name} starts`);
    await ended;
    log.push(`${name} ends`);
  };
  return { run, end };
}

/** Lets everything go on that can. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('what one build leaves to be done waits for the end of those beside it', async () => {
  const log: string[] = [];
  const between = new BetweenBuilds();
  const [left, right, work] = [stage('left', log), stage('right', log), stage('work', log)];
  const builds = [
    between.build(async () => {
      await left.run();
      between.later(work.run);
    }),
    between.build(right.run),
  ];
  left.end();
  await builds[0];
  await settle();
  expect(log).toEqual(['left starts', 'right starts', 'left ends']);
  right.end();
  work.end();
  await builds[1];
  expect(log.slice(3)).toEqual(['right ends', 'work starts', 'work ends']);
});

test('a build that comes while work is done waits for its end', async () => {
  const log: string[] = [];
  const between = new BetweenBuilds();
  const [work, next] = [stage('work', log), stage('next', log)];
  const first = between.build(async () => between.later(work.run));
  await settle();
  const second = between.build(next.run);
  await settle();
  expect(log).toEqual(['work starts']);
  work.end();
  next.end();
  await Promise.all([first, second]);
  expect(log).toEqual(['work starts', 'work ends', 'next starts', 'next ends']);
});

test('a build that fails keeps nothing from being done', async () => {
  const log: string[] = [];
  const between = new BetweenBuilds();
  const work = stage('work', log);
  work.end();
  const failing = between.build(async () => {
    between.later(work.run);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(log).toEqual(['work starts', 'work ends']);
});
