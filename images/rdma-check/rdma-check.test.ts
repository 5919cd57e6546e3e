import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = join(import.meta.dirname, 'files/rdma-check');
const link = (state: string) => `link irdma0/1 state ${state} netdev enp1s0`;
/** The texts that the tools print on a board, and how they end. */
const board = {
  ibv_devinfo: ['hca_id:\tirdma0', 0],
  rdma: [link('ACTIVE physical_state LINK_UP'), 0],
  rocminfo: ['  Name:                    AMD RYZEN AI MAX+ 395\n  Name:                    gfx1151', 0],
  'rccl-answer': ['{"ncclGetVersion":21304}', 0],
} satisfies Record<string, [string, number]>;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halobox-board-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** One port with an entry of each type, as in /sys. */
function writeGids(): void {
  const port = 'sys/class/infiniband/irdma0/ports/1';
  ['IB/RoCE v1', 'RoCE v2'].forEach((type, index) => {
    write(`${port}/gids/${index}`, `0000:0000:0000:0000:0000:ffff:c0a8:640${index}\n`);
    write(`${port}/gid_attrs/types/${index}`, `${type}\n`);
  });
}

function check(tools: Partial<Record<keyof typeof board, [string, number]>>, ...args: string[]) {
  for (const [name, [text, code]] of Object.entries(tools)) {
    const file = join(folder, 'bin', name);
    write(`bin/${name}`, `#!/bin/sh\ncat <<'EOF'\n${text}\nEOF\nexit ${code}\n`);
    chmodSync(file, 0o755);
  }
  mkdirSync(join(folder, 'bin'), { recursive: true });
  // Nothing of this machine but what every Debian has.
  for (const name of ['cat', 'grep', 'ls', 'sed']) {
    const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    spawnSync('ln', ['-sf', path, join(folder, 'bin', name)]);
  }
  const env = { PATH: join(folder, 'bin'), RDMA_CHECK_SYSFS: join(folder, 'sys') };
  const { status, stdout, stderr } = spawnSync('/bin/sh', [script, ...args], { env, encoding: 'utf8' });
  const verdicts = stdout.split('\n').filter((line) => /^(ok|missing|failed) /.test(line));
  return { status, stdout, stderr, verdicts: verdicts.map((line) => line.replace(/ +/, ' ')) };
}

test('a board that has everything ends with 0, and what was seen is shown', () => {
  writeGids();
  const { status, stdout, verdicts } = check(board);
  expect(verdicts).toEqual(['ok RDMA devices', 'ok RDMA ports', 'ok RoCE v2', 'ok GPU', 'ok RCCL']);
  expect(status).toBe(0);
  expect(stdout).toContain('\n         irdma0 port 1 gid 1 0000:0000:0000:0000:0000:ffff:c0a8:6401\n');
  expect(stdout).not.toContain('gid 0');
  expect(stdout).toContain('gfx1151');
  expect(stdout).toMatch(/\nNo collective and no bandwidth was tested\.\n$/);
});

test('a machine that has nothing ends with 1; without an RCCL of its own nothing is said of it', () => {
  const { status, verdicts } = check({
    ibv_devinfo: ['No IB devices found', 255],
    rdma: ['', 0],
    rocminfo: ['ROCk module is NOT loaded, possibly no GPU devices', 1],
  });
  expect(verdicts).toEqual(['missing RDMA devices', 'missing RDMA ports', 'missing RoCE v2', 'missing GPU']);
  expect(status).toBe(1);
});

test.each([
  ['a device that cannot be opened', 'failed RDMA devices', { ibv_devinfo: ['Failed to open device', 1] }],
  ['a port that is down', 'failed RDMA ports', { rdma: [link('DOWN physical_state DISABLED'), 0] }],
  ['a GPU that may not be opened', 'failed GPU', { rocminfo: ['Unable to open /dev/kfd read-write', 1] }],
  ['an RCCL that does not load', 'failed RCCL', { 'rccl-answer': ['cannot load librccl.so.1', 1] }],
] as const)('%s is told as failed, in its own words', (_, verdict, changed) => {
  writeGids();
  const [[words]] = Object.values(changed) as [[string, number]];
  const { status, stdout, verdicts } = check({ ...board, ...(changed as object) });
  expect(verdicts.filter((line) => !line.startsWith('ok'))).toEqual([verdict]);
  expect(stdout).toContain(words);
  expect(status).toBe(1);
});

test('--help says what is looked at and what is not; anything else is 2', () => {
  const { status, stdout } = check({}, '--help');
  expect([status, stdout]).toEqual([0, expect.stringContaining('tests no collective and no bandwidth')]);
  const wrong = check({}, '--quick');
  expect([wrong.status, wrong.stdout, wrong.stderr]).toEqual([2, '', stdout]);
});
