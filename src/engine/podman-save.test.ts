import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { PodmanCli } from './podman-cli.ts';
import { saveOnPodman } from './podman-save.ts';
import { startOf } from './processes.ts';

/** A podman that is a shell script. */
function podman(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'halobox-save-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'podman');
  writeFileSync(file, `#!/bin/sh\ncd '${folder}'\n${script}\n`);
  chmodSync(file, 0o755);
  return { folder, cli: new PodmanCli(file, ['--log-level=error'], process.env) };
}

const calm = () => new AbortController().signal;

test('what podman writes comes as it is', async () => {
  const { cli } = podman('exec > /dev/stdout; printf "%s\\n" "$@"; head -c 300000 /dev/zero');
  const archive = await buffer(saveOnPodman(cli, 'localhost/halobox/base:k', calm()));
  const words = ['--log-level=error', 'save', '--quiet', '--format=docker-archive', '--output=/dev/stdout'];
  const text = [...words, 'localhost/halobox/base:k', ''].join('\n');
  expect(archive.toString('utf8', 0, text.length)).toBe(text);
  expect(archive.length).toBe(text.length + 300_000);
});

test('a save that fails half-way breaks the stream, with its reason', async () => {
  const { cli } = podman(
    'echo half; echo "time=now level=warning" >&2; echo "Error: no space left" >&2; exit 125',
  );
  await expect(buffer(saveOnPodman(cli, 'base', calm()))).rejects.toThrow('no space left');
  const silent = podman('echo half; kill -KILL $$');
  await expect(buffer(saveOnPodman(silent.cli, 'base', calm()))).rejects.toThrow(/killed/i);
  const none = new PodmanCli('/nonexistent/podman', [], process.env);
  await expect(buffer(saveOnPodman(none, 'base', calm()))).rejects.toThrow('not found');
  const nowhere = new PodmanCli('podman', [], { PATH: '/nonexistent' });
  await expect(buffer(saveOnPodman(nowhere, 'base', calm()))).rejects.toThrow('spawn sh ENOENT');
});

test.each(['abort', 'destroy'] as const)('%s ends podman', async (how) => {
  const { cli, folder } = podman('echo $$ > pid; while echo more; do :; done');
  const stop = new AbortController();
  const archive = saveOnPodman(cli, 'base', stop.signal);
  await once(archive, 'readable');
  const ended = new Promise((resolve) => archive.once('error', resolve).once('close', resolve));
  if (how === 'abort') stop.abort();
  else archive.destroy();
  archive.resume();
  await ended;
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  await expect.poll(() => startOf(pid)).toBeUndefined();
});
