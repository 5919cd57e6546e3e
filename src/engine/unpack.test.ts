import { mkdirSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Interrupted, UpstreamError } from '../model/error.ts';
import { removeFolder, unpack } from './unpack.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halobox-unpack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

test('files come out with their modes and times', async () => {
  const tar = pack();
  tar.entry({ name: 'Containerfile', mtime: new Date(0) }, 'FROM scratch\n');
  tar.entry({ name: 'bin/run', mode: 0o777, mtime: new Date(0) }, '#!/bin/sh\n');
  tar.finalize();
  await unpack(Readable.from(tar), join(folder, 'context'), never);
  expect(await readFile(join(folder, 'context/Containerfile'), 'utf8')).toBe('FROM scratch\n');
  const { mode, mtimeMs } = await stat(join(folder, 'context/bin/run'));
  expect([mode & 0o777, mtimeMs]).toEqual([0o777, 0]);
});

test('an error of the stream is the error, explained or not', async () => {
  const broken = new PassThrough();
  const refused = expect(unpack(broken, join(folder, 'a'), never)).rejects.toThrow(
    "the build context can't be read: EIO",
  );
  broken.destroy(new Error('EIO'));
  await refused;
  const upstream = new PassThrough();
  const kept = expect(unpack(upstream, join(folder, 'b'), never)).rejects.toBeInstanceOf(UpstreamError);
  upstream.destroy(new UpstreamError({ what: 'other bytes' }));
  await kept;
});

test('half a tar is refused', async () => {
  const tar = new PassThrough();
  tar.end(Buffer.alloc(700, 'x'));
  await expect(unpack(tar, join(folder, 'context'), never)).rejects.toThrow(/can't be unpacked/);
});

test('an abort ends it', async () => {
  const controller = new AbortController();
  const stopped = expect(unpack(new PassThrough(), folder, controller.signal)).rejects.toBeInstanceOf(
    Interrupted,
  );
  controller.abort();
  await stopped;
});

test('a folder with read-only folders goes as well', async () => {
  mkdirSync(join(folder, 'x/deep/er'), { recursive: true });
  await chmod(join(folder, 'x/deep'), 0o500);
  expect(await removeFolder(join(folder, 'x'))).toBe(true);
  expect(await readdir(folder)).toEqual([]);
  expect(await removeFolder(join(folder, 'x'))).toBe(true);
});

test('a mount is never deleted', async () => {
  expect(await removeFolder('/proc')).toBe(false);
});
