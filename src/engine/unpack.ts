import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EngineError, Interrupted } from '../model/error.ts';
import { contextFailure, isDiskFull } from './failure.ts';

/**
 * Unpacks a context into a new folder: buildah reads a tar on its standard input into memory first.
 * @throws what the stream throws; EngineError when it can't be written; Interrupted.
 */
export async function unpack(context: Readable, folder: string, signal: AbortSignal): Promise<void> {
  let streamError: unknown;
  context.once('error', (error) => {
    streamError = error;
  });
  await mkdir(folder, { recursive: true });
  const options = [
    '--extract',
    '--preserve-permissions',
    '--no-same-owner',
    '--directory',
    folder,
    '--file',
    '-',
  ];
  const tar = spawn('tar', options, { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  tar.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4096);
  });
  const closed = once(tar, 'close');
  const fed = pipeline(context, tar.stdin, { signal }).catch((error: unknown) => error);
  try {
    const [code] = (await closed) as [number | null];
    const broken = await fed;
    if (signal.aborted) throw new Interrupted();
    if (streamError !== undefined) throw contextFailure(streamError, folder);
    // tar may end before the pipe to it does, which is no failure when all was read.
    if (code === 0 && (broken === undefined || context.readableEnded)) return;
    const words = said.trim().split('\n').at(-1) || String(broken ?? `tar ended with ${code}`);
    throw new EngineError({
      what: `the build context can't be unpacked: ${words}`,
      where: folder,
      next: isDiskFull(words)
        ? 'Free space there, or set TMPDIR to a folder with more.'
        : 'Set TMPDIR to a folder that you may write to.',
    });
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new EngineError({ what: 'tar is not installed', next: 'Install GNU tar.', cause: error });
  } finally {
    tar.kill('SIGKILL');
  }
}

/**
 * Removes a temporary folder, also one with read-only folders in it. One with a mount below it stays: what is mounted
 * there is not halobox's to delete.
 * @returns whether it is gone.
 */
export async function removeFolder(folder: string): Promise<boolean> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  if (mounts.some((mount) => mount === folder || mount.startsWith(`${folder}/`))) return false;
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    const chmod = spawn('chmod', ['-R', 'u+rwX', folder], { stdio: 'ignore' });
    await once(chmod, 'close');
    await rm(folder, { recursive: true, force: true });
  }
  return true;
}
