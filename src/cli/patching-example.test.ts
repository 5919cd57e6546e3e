import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** docs/patching.md has a worked example: files in fenced blocks with their names, commands with what they print. */
const page = readFileSync(join(import.meta.dirname, '../../docs/patching.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, kind, name, text]) => ({
  ...{ kind, name, text: text! },
}));

let home: string;
let bin: string;

beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'halobox-example-'));
  home = join(bin, 'home');
  const halobox = join(import.meta.dirname, 'halobox.ts');
  writeFileSync(join(bin, 'halobox'), `#!/bin/sh\nexec "${process.execPath}" "${halobox}" "$@"\n`, {
    mode: 0o755,
  });
  for (const { name, text } of blocks) {
    if (!name) continue;
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  shell('cd linkbench && git init -q -b main && git add . && git commit -qm "linkbench 1.4.2"');
});
afterAll(() => rmSync(bin, { recursive: true, force: true }));

/** Runs a command as a reader of the page would; what it prints on stdout, without what differs from run to run. */
function shell(command: string): { out: string; said: string } {
  const { stdout, stderr } = spawnSync('bash', ['-c', command], {
    cwd: home,
    encoding: 'utf8',
    env: {
      ...{ PATH: `${bin}:${process.env.PATH}`, HOME: home, LC_ALL: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1' },
      ...{ GIT_AUTHOR_NAME: 'You', GIT_AUTHOR_EMAIL: 'you@example.com' },
      ...{ GIT_COMMITTER_NAME: 'You', GIT_COMMITTER_EMAIL: 'you@example.com' },
    },
  });
  return { out: stdout.replaceAll(home, '~').replaceAll(/commit [0-9a-f]{9}\b/g, 'commit …'), said: stderr };
}

test('the worked example does what it says', () => {
  const consoles = blocks.filter(({ kind }) => kind === 'console');
  expect(consoles).toHaveLength(3);
  let folder = '.';
  for (const { text } of consoles) {
    for (const [, command, printed] of text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      const moved = /^cd (\S+)$/.exec(command!)?.[1];
      if (moved) folder = join(folder, moved);
      if (moved) continue;
      const { out, said } = shell(`cd ${folder} && ${command}`);
      expect.soft(out, `${command}\n${said}`).toBe(printed);
    }
  }
});
