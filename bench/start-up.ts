import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, contest, type Row } from './contest.ts';
import { bundle, installed } from './installed.ts';
import { run } from './measure.ts';

const project = join(import.meta.dirname, '..');
const bake = `group "default" { targets = ["final"] }
target "base" { dockerfile = "base.Containerfile" }
target "final" {
  dockerfile = "final.Containerfile"
  contexts = { base = "target:base" }
  tags = ["rdma-check:latest"]
}
`;

/** How long a person waits for the first word, against what Node itself takes and what docker's tool takes. */
export function startUp(folder: string, rounds: number): Promise<Row[]> {
  const bakeFile = join(folder, 'docker-bake.hcl');
  writeFileSync(bakeFile, bake);
  const bare = 'node -e 0';
  const halobox = (...args: string[]): Contender => ({
    name: `halobox ${args.join(' ')}`,
    missing: existsSync(bundle) ? undefined : 'not available: run npm run build',
    against: bare,
    aim: 1.5,
    once: () => run({ command: process.execPath, args: installed(...args), cwd: project }),
  });
  const buildx = spawnSync('docker', ['buildx', 'version']).status === 0;
  return contest(
    [
      { name: bare, once: () => run({ command: process.execPath, args: ['-e', '0'], cwd: project }) },
      halobox('--help'),
      halobox('images'),
      {
        name: 'docker buildx bake --print',
        missing: buildx
          ? undefined
          : 'not available: install docker-buildx-plugin (Debian package docker-buildx)',
        against: bare,
        once: () =>
          run({ command: 'docker', args: ['buildx', 'bake', '--print', '-f', bakeFile], cwd: folder }),
      },
    ],
    rounds,
  );
}
