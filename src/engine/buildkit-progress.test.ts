import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BuildkitProgress } from './buildkit-progress.ts';
import { type BuildkitStatus, decodeStatus, type Vertex } from './buildkit-status.ts';
import type { BuildEvent } from './engine.ts';

function play(recording: string): { progress: BuildkitProgress; events: BuildEvent[] } {
  const progress = new BuildkitProgress();
  const messages = readFileSync(new URL(`recorded/${recording}.ndjson`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as { id?: string; aux?: string });
  const events = messages
    .filter(({ id }) => id === 'moby.buildkit.trace')
    .flatMap(({ aux }) => progress.take(decodeStatus(aux!)));
  return { progress, events };
}

describe.each([
  [
    '20.10',
    'executor failed running [/bin/sh -c set -e;     echo "linking";     ld --version]: exit code: 127',
  ],
  [
    '28.5',
    'process "/bin/sh -c set -e;     echo \\"linking\\";     ld --version" did not complete successfully: exit code: 127',
  ],
])('BuildKit of Docker %s', (version, message) => {
  test('a failing RUN is named, with its words', () => {
    const { progress, events } = play(`docker-${version}-failed`);
    expect(progress.failure).toEqual({
      step: 5,
      name: 'RUN set -e;     echo "linking";     ld --version',
      message,
    });
    expect(events).toContainEqual({ type: 'step-log', step: 5, text: '/bin/sh: ld: not found' });
    expect(events).toContainEqual({ type: 'step-log', step: 3, text: 'compiling é' });
    expect(events).not.toContainEqual(expect.objectContaining({ type: 'step-done', step: 5 }));
  });

  test('steps are numbered from the first stage to the last, and each starts once', () => {
    const started = play(`docker-${version}-failed`).events.filter((event) => event.type === 'step-started');
    expect(started.map(({ step, total, name }) => `${step}/${total} ${name.split(' ')[0]}`)).toEqual([
      '1/5 COPY',
      '2/5 RUN',
      '3/5 RUN',
      '4/5 COPY',
      '5/5 RUN',
    ]);
  });

  test('a repeated build says what came from the cache, and that the image is exported', () => {
    const { progress, events } = play(`docker-${version}-good`);
    const done = events.filter((event) => event.type === 'step-done');
    expect(done.map(({ step, cached }) => [step, cached])).toEqual(
      expect.arrayContaining([
        [1, true],
        [2, true],
        [3, true],
        [4, true],
        [5, false],
      ]),
    );
    expect(progress.failure).toBeUndefined();
    expect(events.filter(({ type }) => type === 'note')).toEqual([
      { type: 'note', text: 'exporting to image' },
    ]);
  });
});

describe('messages as they may come', () => {
  const vertex = (facts: Partial<Vertex>): Vertex => ({
    digest: 'sha256:a',
    inputs: [],
    name: '[1/1] RUN make',
    cached: false,
    started: undefined,
    completed: undefined,
    error: '',
    ...facts,
  });
  const status = (facts: Partial<BuildkitStatus>): BuildkitStatus => ({
    vertexes: [],
    logs: [],
    warnings: [],
    ...facts,
  });

  test('a character and a line may be cut in two', () => {
    const progress = new BuildkitProgress();
    progress.take(status({ vertexes: [vertex({ started: 1 })] }));
    const bytes = Buffer.from('é\nrest');
    const first = progress.take(status({ logs: [{ vertex: 'sha256:a', msg: bytes.subarray(0, 1) }] }));
    const second = progress.take(status({ logs: [{ vertex: 'sha256:a', msg: bytes.subarray(1) }] }));
    const last = progress.take(status({ vertexes: [vertex({ started: 1, completed: 2.5 })] }));
    expect([...first, ...second, ...last]).toEqual([
      { type: 'step-log', step: 1, text: 'é' },
      { type: 'step-log', step: 1, text: 'rest' },
      { type: 'step-done', step: 1, cached: false, seconds: 1.5 },
    ]);
  });

  test('the cause of a failure is not what was cancelled with it', () => {
    const progress = new BuildkitProgress();
    const other = { digest: 'sha256:b', name: '[other 1/1] RUN sleep' };
    progress.take(
      status({
        vertexes: [
          vertex({ ...other, started: 1, completed: 2, error: 'process "sleep": context canceled' }),
          vertex({ started: 1, completed: 2, error: 'exit code: 2' }),
        ],
      }),
    );
    expect(progress.failure).toMatchObject({ name: 'RUN make', message: 'exit code: 2' });
  });

  test('an error outside of a step names what failed', () => {
    const progress = new BuildkitProgress();
    progress.take(
      status({ vertexes: [vertex({ name: '[internal] load metadata for x', started: 1, error: 'gone' })] }),
    );
    expect(progress.failure).toEqual({ name: '[internal] load metadata for x', message: 'gone' });
  });

  test('a warning is a note with its link', () => {
    const warning = { vertex: '', short: Buffer.from('odd'), url: 'https://example.com/odd' };
    expect(new BuildkitProgress().take(status({ warnings: [warning] }))).toEqual([
      { type: 'note', text: 'odd (https://example.com/odd)' },
    ]);
  });
});
