import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { building } from './building.ts';
import { choosing } from './choosing.ts';
import { downloading } from './downloading.ts';
import { endRunning } from './measure.ts';
import { packing } from './packing.ts';
import { planning } from './planning.ts';
import { resolving } from './resolving.ts';
import { startUp } from './start-up.ts';
import { table } from './table.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    mib: { type: 'string', default: '1024' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  console.log(`npm run bench -- [--json] [--rounds <n>] [--mib <n>]

Packs a generated tree of --mib MiB (1024) in 20,000 files beside GNU tar and the docker CLI, --rounds times (5), and
starts halobox beside bare node and docker buildx, chooses coherent sets among generated candidates, resolves an image
of ten sources beside pip, plans 200 images of ten layers, and downloads a file of 256 MiB from loopback beside curl. As root it also starts a Docker and a
Podman of its own and builds an image of twelve layers beside the same stages in one Containerfile, and rdma-check from
nothing and again, which takes some forty minutes. Needs that much room in the temporary folder (TMPDIR).`);
  process.exit();
}

const rounds = Number(values.rounds);
const mib = Number(values.mib);
if (!Number.isInteger(rounds) || rounds < 3 || !Number.isInteger(mib) || mib < 1) {
  console.error('--rounds takes a number from 3, --mib one from 1');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'halobox-bench-'));
const clean = (): void => rmSync(folder, { recursive: true, force: true });
const undo: (() => Promise<void>)[] = [];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, async () => {
    await endRunning();
    for (const step of undo) await step();
    clean();
    process.exit(130);
  });

try {
  console.error(`packing ${mib} MiB in 20,000 files, ${rounds} rounds after one to warm up …`);
  const packed = await packing(folder, mib * 2 ** 20, rounds);
  console.error('start-up, 21 rounds after one to warm up …');
  const started = await startUp(folder, 21);
  console.error('choosing among 5,000 candidates of eight members, 5 rounds after one to warm up …');
  const chosen = await choosing(5000, 5);
  console.error('planning 200 images of 10 layers, 5 rounds after one to warm up …');
  const planned = await planning(200, 5);
  console.error('downloading 256 MiB from loopback, 5 rounds after one to warm up …');
  const downloaded = await downloading(folder, 256 * 2 ** 20, 5);
  console.error('resolving ten sources from loopback, 5 rounds after one to warm up …');
  const resolved = await resolving(folder, 5);
  console.error('building twelve layers, 5 rounds after one to warm up, and rdma-check, on two engines …');
  const built = await building(folder, 5, (step) => undo.push(step));
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}, Node ${process.version}`;
  if (values.json)
    console.log(
      JSON.stringify(
        {
          machine,
          mib,
          files: 20_000,
          packing: packed,
          startUp: started,
          choosing: chosen,
          planning: planned,
          downloading: downloaded,
          resolving: resolved,
          building: built,
        },
        undefined,
        2,
      ),
    );
  else {
    console.log(machine);
    console.log(
      table(`\nContext packing, ${mib} MiB in 20,000 files; uploads go into the same loopback sink`, packed),
    );
    console.log(table('\nStart-up', started));
    console.log(table('\nChoosing a coherent set among 5,000 candidates of each of eight members', chosen));
    console.log(
      table('\nPlanning: rendering, keys, graph, what differs in every layer, the estimate', planned),
    );
    console.log(table('\nResolving an image of ten sources from loopback', resolved));
    console.log(table('\nDownloading a file of 256 MiB from loopback onto the disk', downloaded));
    for (const { engine, diamond, rdmaCheck } of built) {
      const title = `\nBuilding twelve layers on ${engine}, beside the same stages in one Containerfile`;
      console.log(table(title, diamond));
      console.log(table(`\nBuilding rdma-check on ${engine}`, rdmaCheck));
    }
  }
} finally {
  clean();
}
