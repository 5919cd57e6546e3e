import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Contender, contest, type Row } from './contest.ts';
import { makeDataset } from './dataset.ts';
import { nodeFlags } from './installed.ts';
import { type Program, run, runIntoPipe, type Sample } from './measure.ts';

const here = import.meta.dirname;
const tarFlags = ['--sort=name', '--owner=0', '--group=0', '--mtime=@0', '-cf', '-', '.'];

/** Packing one tree, into a pipe and into an engine's socket. */
export async function packing(folder: string, bytes: number, rounds: number): Promise<Row[]> {
  const data = join(folder, 'data');
  makeDataset(data, 20_000, bytes);
  const dockerfile = join(folder, 'Dockerfile');
  writeFileSync(dockerfile, 'FROM scratch\n');
  const socket = join(folder, 'engine.sock');
  const sink = spawn(process.execPath, [join(here, 'sink.ts'), socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const received: string[] = [];
  const lines = createInterface(sink.stdout).on('line', (line) => received.push(line));
  await once(lines, 'line');
  /** A run that sent less than the tree is none. */
  const upload = async (program: Program): Promise<Sample> => {
    received.length = 0;
    const sample = await run(program);
    while (received.length === 0) await once(lines, 'line', { signal: AbortSignal.timeout(5000) });
    if (Number(received[0]) < bytes) throw new Error(`only ${received[0]} bytes arrived`);
    return sample;
  };
  const node = (script: string, ...args: string[]): Program => ({
    command: process.execPath,
    // As the program itself is started, see src/cli/halobox.ts.
    args: [...nodeFlags, join(here, script), data, ...args],
  });
  const contenders: Contender[] = [
    {
      name: 'GNU tar, into a pipe',
      missing: spawnSync('tar', ['--version']).error && 'not available: install tar',
      once: () => runIntoPipe({ command: 'tar', args: tarFlags, cwd: data }, folder),
    },
    {
      name: 'halobox, into a program',
      against: 'GNU tar, into a pipe',
      aim: 2,
      aimPeak: 150e6,
      once: () => run(node('pack-to-program.ts')),
    },
    {
      name: 'docker CLI, upload',
      missing:
        spawnSync('docker', ['--version']).error && 'not available: install docker-cli (Debian: docker.io)',
      once: () =>
        upload({
          command: 'docker',
          args: ['build', '--quiet', '--file', dockerfile, data],
          env: {
            DOCKER_HOST: `unix://${socket}`,
            DOCKER_BUILDKIT: '0',
            DOCKER_CONTEXT: '',
            DOCKER_CONFIG: folder,
          },
        }),
    },
    {
      name: 'halobox, upload',
      against: 'docker CLI, upload',
      aimPeak: 150e6,
      once: () => upload(node('pack-to-engine.ts', socket)),
    },
  ];
  try {
    return await contest(contenders, rounds);
  } finally {
    sink.kill();
  }
}
