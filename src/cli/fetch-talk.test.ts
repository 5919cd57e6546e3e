import { expect, test } from 'vitest';
import { barText, fetchTalk } from './fetch-talk.ts';

function terminal(isTTY: boolean) {
  const said: string[] = [];
  const stderr = { isTTY, write: (text: string) => said.push(text) } as unknown as NodeJS.WriteStream;
  return { talk: fetchTalk(stderr), said: () => said.join('') };
}

test('a bar on a terminal, which is gone at the end', () => {
  const { talk, said } = terminal(true);
  talk.progressOf('sdk')(1_000_000, 4_000_000);
  expect(said()).toBe(`\r\x1b[2K${barText('sdk', 1_000_000, 4_000_000)}`);
  talk.close();
  expect(said().endsWith('\r\x1b[2K')).toBe(true);
});

test('one line elsewhere', () => {
  const { talk, said } = terminal(false);
  const progress = talk.progressOf('sdk');
  for (const done of [0, 1_000_000, 4_000_000]) progress(done, 4_000_000);
  talk.close();
  expect(said()).toBe('halobox: fetching sdk to learn its digest, 4 MB\n');
});

test.each([
  [0, 4e6, 'sdk  [                        ]   0 %  0 of 4 MB'],
  [3e6, 4e6, 'sdk  [##################      ]  75 %  3 of 4 MB'],
  [5e6, 4e6, 'sdk  [########################] 100 %  5 of 4 MB'],
  [5e6, undefined, 'sdk  5 MB'],
])('%i of %j bytes', (done, total, text) => {
  expect(barText('sdk', done, total)).toBe(text);
});
