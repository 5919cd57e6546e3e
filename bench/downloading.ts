import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Contender, contest, type Row } from './contest.ts';
import { nodeFlags } from './installed.ts';
import { type Program, run, type Sample } from './measure.ts';

const here = import.meta.dirname;
const script = join(here, '../src/sources/artefacts/bring-once.ts');

/** Downloading one file from loopback onto the disk: curl alone, curl and its digest after it, and the store. */
export async function downloading(folder: string, bytes: number, rounds: number): Promise<Row[]> {
  const server = spawn(process.execPath, [join(here, 'file-server.ts'), `${bytes}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface(server.stdout), 'line')) as [string];
  const file = join(folder, 'downloaded');
  const cache = join(folder, 'cache');
  const missing = spawnSync('curl', ['--version']).error && 'not available: install curl';
  const shell = (line: string): Program => ({ command: 'sh', args: ['-c', line, url, file] });
  const fetched = async (program: Program): Promise<Sample> => {
    const sample = await run(program);
    if (statSync(file).size !== bytes) throw new Error('not the whole file arrived');
    rmSync(file);
    return sample;
  };
  const contenders: Contender[] = [
    { name: 'curl', missing, once: () => fetched(shell('exec curl -sSf -o "$1" "$0"')) },
    {
      name: 'curl, then sha256sum',
      missing,
      once: () => fetched(shell('curl -sSf -o "$1" "$0" && sha256sum "$1"')),
    },
    {
      name: 'halobox, verified',
      against: 'curl, then sha256sum',
      aim: 1.5,
      aimPeak: 150e6,
      async once() {
        // As the program itself is started, see src/cli/halobox.ts.
        const args = [...nodeFlags, script, cache, url, 'quiet'];
        const sample = await run({ command: process.execPath, args });
        rmSync(cache, { recursive: true });
        return sample;
      },
    },
  ];
  try {
    return await contest(contenders, rounds);
  } finally {
    server.kill();
  }
}
