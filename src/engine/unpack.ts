import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { EngineError, Interrupted } from '../model/error.ts';
import { contextFailure, isDiskFull } from './failure.ts';

/**
 * Unpacks a context into a new folder: buildah reads a tar on its standard input into memory first.
 * @throws what the stream throws; EngineError when it can't be written; Interrupted.
 */
export async function unpack(context: Readable, folder: string, signal: AbortSignal): Promise<void> {
  // Listening begins before the first await: the stream may break at once.
  let contextError: unknown;
  context.once('error', (error) => {
    contextError = error;
  });
  try {
    await mkdir(folder, { recursive: true });
    if (signal.aborted) throw new Interrupted();
    if (contextError !== undefined) throw contextFailure(contextError, folder);
    const { code, said } = await untar(context, folder, signal);
    // tar may end before the stream does, which pads.
    if (code === 0) await finished(context.resume(), { signal }).catch(() => {});
    if (signal.aborted) throw new Interrupted();
    if (contextError !== undefined) throw contextFailure(contextError, folder);
    if (code !== 0 || !context.readableEnded) throw notUnpacked(said, code, folder);
  } finally {
    context.destroy();
  }
}

/** Not a pipeline: that would give the stream an error of its own when tar ends early, as it does on a full disk. */
async function untar(
  context: Readable,
  folder: string,
  signal: AbortSignal,
): Promise<{ code: number | null; said: string }> {
  const options = [
    '--extract',
    '--preserve-permissions',
    '--no-same-owner',
    `--directory=${folder}`,
    '--file=-',
  ];
  const tar = spawn('tar', options, { stdio: ['pipe', 'ignore', 'pipe'] });
  const end = () => tar.kill('SIGKILL');
  let said = '';
  tar.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(0, 4096);
  });
  tar.stdin.on('error', () => {});
  context.once('close', () => tar.stdin.end());
  signal.addEventListener('abort', end, { once: true });
  try {
    const closed = once(tar, 'close') as Promise<[number | null]>;
    context.pipe(tar.stdin);
    const [code] = await closed;
    return { code, said };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new EngineError({ what: 'tar is not installed', next: 'Install GNU tar.', cause: error });
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

function notUnpacked(said: string, code: number | null, folder: string): EngineError {
  const lines = said.trim().split('\n');
  const words = lines.find(isDiskFull) || lines[0] || `tar ended with ${code}`;
  return new EngineError({
    what: `the build context can't be unpacked: ${words}`,
    where: folder,
    next: isDiskFull(words)
      ? 'Free space there, or set TMPDIR to a folder with more.'
      : 'Set TMPDIR to a folder that you may write to.',
  });
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
