import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BuildEvent } from './engine.ts';
import { PodmanProgress } from './podman-progress.ts';

/** Recorded from `podman build` with the Containerfile in recorded/README.md. */
function play(recording: string): { progress: PodmanProgress; events: BuildEvent[] } {
  let seconds = 0;
  const progress = new PodmanProgress(() => seconds++);
  const lines = (stream: string) =>
    readFileSync(new URL(`recorded/${recording}.${stream}`, import.meta.url), 'utf8')
      .split('\n')
      .slice(0, -1);
  const events = [
    ...lines('stdout').flatMap((line) => progress.stdout(line)),
    ...lines('stderr').flatMap((line) => progress.stderr(line)),
    ...progress.end(),
  ];
  return { progress, events };
}

describe.each(['4.3', '5.8'])('podman %s', (version) => {
  test('a failing RUN is named, with its words', () => {
    const { progress, events } = play(`podman-${version}-failed`);
    expect(progress.failure).toEqual({
      step: 9,
      name: 'RUN set -e;     echo "linking";     ld --version',
      message: 'while running runtime: exit status 127',
    });
    expect(events.filter(({ type }) => type === 'step-started')).toHaveLength(9);
    expect(events).toContainEqual({ type: 'step-log', step: 9, text: '/bin/sh: ld: not found' });
    expect(events).toContainEqual({ type: 'step-log', step: 6, text: 'compiling é' });
    expect(events).not.toContainEqual(expect.objectContaining({ type: 'step-done', step: 9 }));
    expect(progress.made).toHaveLength(5);
  });

  test('steps of all stages are counted on, and total grows with them', () => {
    const started = play(`podman-${version}-failed`).events.filter((event) => event.type === 'step-started');
    expect(started.map(({ step, total }) => `${step}/${total}`)).toEqual([
      '1/3',
      '2/3',
      '3/3',
      '4/6',
      '5/6',
      '6/6',
      '7/9',
      '8/9',
      '9/9',
    ]);
    expect(started[3]!.name).toMatch(/^FROM [0-9a-f]{64} AS compile$/);
  });

  test('a repeated build says what came from the cache', () => {
    const { progress, events } = play(`podman-${version}-good`);
    const done = events.filter((event) => event.type === 'step-done');
    expect(done.map(({ cached }) => cached)).toEqual([
      false,
      true,
      true,
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(progress.failure).toBeUndefined();
    expect(progress.made).toHaveLength(1);
    expect(progress.reused).toHaveLength(5);
  });

  test("podman's own last lines are no output of a step", () => {
    for (const recording of ['good', 'again']) {
      const { events, progress } = play(`podman-${version}-${recording}`);
      const logs = events.filter((event) => event.type === 'step-log').map(({ text }) => text);
      expect(logs).toEqual(recording === 'good' ? ['linking'] : []);
      expect(progress.made).toHaveLength(recording === 'good' ? 1 : 0);
    }
  });
});

describe("lines that only look like podman's", () => {
  function running(): PodmanProgress {
    const progress = new PodmanProgress(() => 0);
    progress.stdout('STEP 1/4: FROM scratch');
    progress.stdout('STEP 2/4: RUN cat log');
    return progress;
  }

  test('a step out of order is output', () => {
    const line = 'STEP 2/9: RUN something';
    expect(running().stdout(line)).toEqual([{ type: 'step-log', step: 2, text: line }]);
  });

  test("the last error is podman's", () => {
    const progress = running();
    progress.stderr("Error: the program's own");
    progress.stderr('Error: building at STEP "RUN cat log": while running runtime: exit status 1');
    expect(progress.failure).toEqual({
      step: 2,
      name: 'RUN cat log',
      message: 'while running runtime: exit status 1',
    });
  });

  test('an error outside of a step has none', () => {
    const progress = running();
    progress.stderr('Error: no such image');
    expect(progress.failure).toEqual({ message: 'no such image' });
  });

  test('what is said before the first step is a note', () => {
    expect(new PodmanProgress(() => 0).stderr('WARN: cgroup v1')).toEqual([
      { type: 'note', text: 'WARN: cgroup v1' },
    ]);
  });
});
