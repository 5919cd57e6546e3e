import fs, { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openContext } from './open-context.ts';
import { pieceSize } from './piece.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halobox-flow-'));
});

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  rmSync(folder, { recursive: true });
});

const openFiles = (): string[] =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      return false;
    }
  });

it('reads no more than two pieces ahead of a slow consumer', async () => {
  for (let i = 0; i < 64; i++) writeFileSync(join(folder, `f${i}`), Buffer.alloc(pieceSize / 4));
  let read = 0;
  const readSync = fs.readSync;
  vi.spyOn(fs, 'readSync').mockImplementation(((...args: Parameters<typeof readSync>) => {
    const got = readSync(...args);
    read += got;
    return got;
  }) as typeof readSync);
  syncBuiltinESMExports();
  let taken = 0;
  for await (const piece of openContext([{ kind: 'tree', path: '.', from: folder }], { time: 0 })) {
    taken += piece.length;
    // Far more turns of the event loop than the stream would need to run away.
    for (let i = 0; i < 20; i++) await turn();
    expect(read - taken).toBeLessThanOrEqual(2 * pieceSize);
  }
  expect(read).toBe(16 * pieceSize);
});

it('lets timers and others run while it is drained as fast as it can', async () => {
  writeFileSync(join(folder, 'big'), Buffer.alloc(40 * pieceSize));
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  for await (const _ of openContext([{ kind: 'tree', path: '.', from: folder }], { time: 0 }));
  clearInterval(count);
  expect(turns).toBeGreaterThan(2);
});

it('closes what is open when it is destroyed midway, and reads nothing more', async () => {
  writeFileSync(join(folder, 'big'), Buffer.alloc(8 * pieceSize));
  const stream = openContext([{ kind: 'tree', path: '.', from: folder }], { time: 0 });
  const closed = new Promise((resolve) => stream.once('close', resolve));
  await new Promise((resolve) => stream.once('readable', resolve));
  expect(openFiles()).toHaveLength(1);
  stream.destroy();
  await closed;
  expect(openFiles()).toHaveLength(0);
});

it('touches nothing before it is read, and a file that is gone is the consumer’s error', async () => {
  const stream = openContext([{ kind: 'file', path: 'x', from: join(folder, 'none') }], { time: 0 });
  await turn();
  await expect(stream.toArray()).rejects.toThrow('does not exist');
});
