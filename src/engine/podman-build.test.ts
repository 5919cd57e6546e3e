import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openContext } from '../context/open-context.ts';
import { EngineError } from '../model/error.ts';
import { buildOnPodman } from './podman-build.ts';
import { PodmanCli } from './podman-cli.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halobox-podman-build-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

/** A podman that fails with these words as often as it is told, and then builds. */
function build(words: string, failures: number) {
  const script = `#!/bin/sh
echo run >> ${folder}/runs
if [ $(wc -l < ${folder}/runs) -le ${failures} ]; then echo 'Error: ${words}' >&2; exit 125; fi
for word in "$@"; do case $word in --iidfile=*) echo sha256:built > "\${word#--iidfile=}" ;; esac; done
`;
  writeFileSync(join(folder, 'podman'), script, { mode: 0o755 });
  return buildOnPodman(
    {
      cli: new PodmanCli(join(folder, 'podman'), [], process.env),
      request: {
        ...{ tag: 'localhost/halobox/a:k', network: 'default', labels: {} },
        context: () =>
          openContext([{ kind: 'text', path: 'Containerfile', text: 'FROM scratch' }], { time: 0 }),
      },
      ...{ network: { mode: 'own' }, id: 'id', folder, ownTemporary: false },
      failure: { kind: 'podman', endpoint: 'podman' },
    },
    { onEvent: () => {}, onStarted: async () => {}, onImages: () => {} },
    new AbortController().signal,
  );
}

const runs = () => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length;

test('an image that another process removes meanwhile costs one more look', async () => {
  expect(await build('getting top layer info: layer not known', 2)).toBe('sha256:built');
  expect(runs()).toBe(3);
});

test('what stays so is told, and what is no such thing at once', async () => {
  await expect(build('getting top layer info: layer not known', 9)).rejects.toThrow(/layer not known/);
  expect(runs()).toBe(3);
  rmSync(join(folder, 'runs'));
  const failed = build('no such file', 1);
  await expect(failed).rejects.toBeInstanceOf(EngineError);
  expect(runs()).toBe(1);
});
