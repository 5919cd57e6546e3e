import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackImage } from '../test/upstream/stack.ts';
import { startUpstream, type Upstream } from '../test/upstream/upstream.ts';
import { contest, type Row } from './contest.ts';
import { installed } from './installed.ts';
import { type Program, run } from './measure.ts';

const python = '/usr/bin/python3';

/**
 * Resolving an image with ten sources of seven kinds against the loopback upstream: the first time and once more, beside
 * pip, which fetches the pages of the five wheels among them and the wheels' metadata.
 */
export async function resolving(folder: string, rounds: number): Promise<Row[]> {
  const upstream = await startUpstream();
  try {
    const root = join(folder, 'resolving');
    for (const part of ['images/stack', 'templates', 'patches'])
      mkdirSync(join(root, part), { recursive: true });
    writeFileSync(join(root, 'templates/plain.hbs'), 'FROM scratch\n');
    writeFileSync(join(root, 'images/stack/image.yaml'), stackImage);
    const cache = join(root, 'cache');
    const env = { ...upstream.env, XDG_CACHE_HOME: cache, XDG_STATE_HOME: join(root, 'state') };
    const resolve: Program = {
      command: process.execPath,
      args: installed('-C', root, 'resolve', 'stack'),
      env,
    };
    const first = async () => {
      rmSync(cache, { recursive: true, force: true });
      return await run(resolve);
    };
    const counted = async (name: string, once: () => Promise<unknown>): Promise<string> => {
      upstream.server.statuses.length = 0;
      await once();
      const { statuses } = upstream.server;
      const unchanged = statuses.filter((status) => status === 304).length;
      return `${name} (${statuses.length} requests, ${unchanged} unchanged)`;
    };
    const pip: Program = { command: python, args: pipWords(upstream, join(root, 'pip')) };
    const names = {
      pip: await counted('pip, five wheels', () => run(pip)),
      first: await counted('halobox, the first time', first),
      again: await counted('halobox, once more', () => run(resolve)),
    };
    const missing = existsSync(python) ? undefined : 'not available: install python3-pip';
    return await contest(
      [
        { name: names.pip, missing, once: () => run(pip) },
        { name: names.first, against: names.pip, once: first },
        { name: names.again, against: names.first, once: () => run(resolve) },
      ],
      rounds,
    );
  } finally {
    await upstream.close();
  }
}

function pipWords({ server }: Upstream, into: string): string[] {
  const stamp = '7.15.0a20260628';
  return [
    ...['-m', 'pip', 'download', '--isolated', '--no-cache-dir', '--disable-pip-version-check', '--no-deps'],
    ...['--only-binary', ':all:', '--python-version', '3.12', '--implementation', 'cp', '--abi', 'cp312'],
    ...[
      '--platform',
      'linux_x86_64',
      '--index-url',
      `${server.base}/nightlies/whl-multi-arch/`,
      '--dest',
      into,
    ],
    ...[`rocm-sdk-core==${stamp}`, `torch==2.12.0+rocm${stamp}`, `torchvision==0.27.0+rocm${stamp}`],
    ...[`torchaudio==2.11.0+rocm${stamp}`, `amd-torch-device-gfx1151==2.12.0+rocm${stamp}`],
  ];
}
