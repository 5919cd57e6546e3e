import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { runHostProgram } from '../host/run-program.ts';
import { definedBy, readCheckout } from './checkout.ts';

const { signal } = new AbortController();
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'halobox-checkout-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
});

async function git(...args: string[]): Promise<string> {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
  const { exitCode, stdout, stderr } = await runHostProgram({
    command: 'git',
    args: [...who, ...args],
    cwd: root,
    env: { GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z' },
    signal,
  });
  expect(exitCode, stderr).toBe(0);
  return stdout.trim();
}

function write(path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), path);
}

async function commit(): Promise<string> {
  await git('add', '--all');
  await git('commit', '--quiet', '--message=one');
  return git('rev-parse', 'HEAD');
}

const read = () => readCheckout(root, definedBy('demo'), signal);

test('the commit is the last one that changed what the image is made from', async () => {
  expect(await read()).toEqual({});
  await git('init', '--quiet');
  expect(await read()).toEqual({});
  write('images/demo/image.yaml');
  write('templates/base.hbs');
  const first = await commit();
  const clean = { revision: first, time: new Date('2026-01-02T03:04:05Z') };
  expect(await read()).toEqual(clean);
  write('README.md');
  write('images/other/image.yaml');
  expect(await read()).toEqual(clean);
  await commit();
  expect(await read()).toEqual(clean);
  // What an editor leaves there, and tests of it, are no part of the image.
  for (const path of ['templates/.base.hbs.swp', 'images/demo/demo.test.ts', 'patches/x/.1.patch.swp'])
    write(path);
  await git('config', 'log.showSignature', 'true');
  expect(await read()).toEqual(clean);
});

test('what differs from it, or is not in it yet, is told', async () => {
  await git('init', '--quiet');
  write('templates/base.hbs');
  const first = await commit();
  write('images/demo/files/new');
  expect((await read()).revision).toBe(`${first}-dirty`);
  const second = await commit();
  expect((await read()).revision).toBe(second);
  write('.git/info/exclude');
  appendFileSync(join(root, '.git/info/exclude'), '\n*.log\n');
  write('images/demo/files/ignored.log');
  expect((await read()).revision).toBe(`${second}-dirty`);
  rmSync(join(root, 'images/demo/files/ignored.log'));
  appendFileSync(join(root, 'templates/base.hbs'), 'more');
  expect((await read()).revision).toBe(`${second}-dirty`);
});
