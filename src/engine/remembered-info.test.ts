import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { parsePodmanInfo } from './podman-info.ts';
import { type Asked, forgetInfo, rememberedInfo } from './remembered-info.ts';

const answer = parsePodmanInfo({
  host: { hostname: 'board', kernel: '6.18.4', security: { rootless: true } },
  store: { graphRoot: '/var/lib/containers/storage', graphDriverName: 'overlay' },
  version: { Version: '5.8.6' },
});

let folder: string;
let asked: Asked;
let times: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halobox-info-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['bin', 'config/containers/storage.conf.d'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'bin/podman'), '');
  const env = { PATH: join(folder, 'bin'), XDG_CONFIG_HOME: join(folder, 'config'), LANG: 'C' };
  asked = { command: join(folder, 'bin/podman'), env, boot: 'one', cache: join(folder, 'cache') };
  times = 0;
});

async function ask(changes: Partial<Asked> = {}): Promise<number> {
  const info = await rememberedInfo({ ...asked, ...changes }, async () => {
    times += 1;
    return answer;
  });
  expect(info).toMatchObject(answer);
  return times;
}

test('the second time nothing is asked, whatever else is in the environment', async () => {
  expect(await ask()).toBe(1);
  expect(await ask()).toBe(1);
  expect(await ask({ env: { ...asked.env, LANG: 'C.UTF-8' } })).toBe(1);
});

test.each<[string, () => Partial<Asked> | undefined]>([
  ['another program', () => ({ command: join(folder, 'bin') })],
  ['a program of another version', () => writeFileSync(asked.command, 'new') as undefined],
  ['a program installed beside it', () => writeFileSync(join(folder, 'bin/slirp4netns'), '') as undefined],
  [
    'a new fragment of a configuration',
    () => writeFileSync(join(folder, 'config/containers/storage.conf.d/1.conf'), '') as undefined,
  ],
  ['a variable that Podman heeds', () => ({ env: { ...asked.env, CONTAINERS_CONF: '/other' } })],
  ['another boot', () => ({ boot: 'two' })],
])('%s is asked', async (_what, change) => {
  // As long ago as things usually are: what is written now differs for certain.
  for (const name of ['bin', 'bin/podman']) utimesSync(join(folder, name), 1, 1);
  await ask();
  const changes = change();
  expect(await ask(changes)).toBe(2);
});

test('an answer that is not to be read is asked for again, and one that can not be kept is taken', async () => {
  await ask();
  const kept = join(asked.cache, 'podman', readdirSync(join(asked.cache, 'podman'))[0]!);
  writeFileSync(kept, '{"host":');
  expect(await ask()).toBe(2);
  expect(await ask()).toBe(2);
  expect(await ask({ cache: asked.command })).toBe(3);
});

test('what was forgotten is asked again', async () => {
  await ask();
  forgetInfo(asked);
  expect(await ask()).toBe(2);
  for (const cache of [join(folder, 'empty'), asked.command]) forgetInfo({ ...asked, cache });
});

test('a failure is nobody’s answer', async () => {
  const failing = rememberedInfo(asked, async () => Promise.reject(new Error('no subuid ranges')));
  await expect(failing).rejects.toThrow('no subuid ranges');
  expect(await ask()).toBe(1);
});
