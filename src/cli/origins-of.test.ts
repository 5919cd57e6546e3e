import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fixedTime } from '../assemble/part-blocks.ts';
import { runHostProgram } from '../host/run-program.ts';
import { originsOf } from './origins-of.ts';
import type { Surroundings } from './surroundings.ts';

const time = '2026-01-02T03:04:05.000Z';

test('each image comes from the last commit of its own files; a time that is set comes before the commit’s', async () => {
  const root = mkdtempSync(join(tmpdir(), 'halobox-origins-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const { signal } = new AbortController();
  const git = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await runHostProgram({
      command: 'git',
      args: ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args],
      cwd: root,
      env: { GIT_COMMITTER_DATE: time },
      signal,
    });
    expect(exitCode, stderr).toBe(0);
    return stdout.trim();
  };
  const commit = async (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
    await git('add', '--all');
    await git('commit', '--quiet', `--message=${path}`);
    return git('rev-parse', 'HEAD');
  };
  const origins = async (env: Record<string, string>, ...images: string[]) => {
    const origin = originsOf(images, { root, env, signal } as unknown as Surroundings);
    return Promise.all(images.map((image) => origin(image)));
  };
  expect(await origins({}, 'one')).toEqual([{ revision: undefined, created: new Date(fixedTime * 1000) }]);
  await git('init', '--quiet');
  const one = await commit('images/one/image.yaml');
  const two = await commit('images/two/image.yaml');
  const created = new Date(time);
  expect(await origins({}, 'one', 'two')).toEqual([
    { revision: one, created },
    { revision: two, created },
  ]);
  const set = await origins({ SOURCE_DATE_EPOCH: '1' }, 'two');
  expect(set).toEqual([{ revision: two, created: new Date(1000) }]);
  expect(() => originsOf(['one'], { root, env: { SOURCE_DATE_EPOCH: 'x' }, signal } as never)).toThrow(
    'no number of seconds',
  );
});
