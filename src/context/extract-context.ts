import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Unpacks a context into a folder, with the modes and times that the stream has; owners become the person's own.
 * The host's tar does it: the stream is our own, so that nothing in it can lead out of the folder.
 */
export async function extractContext(context: Readable, folder: string, signal: AbortSignal): Promise<void> {
  const tar = spawn(
    'tar',
    ['--extract', '--no-same-owner', '--same-permissions', '--file=-', '--directory', folder],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );
  let said = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(tar, 'close') as Promise<[number | null]>;
  const [written, [code]] = await Promise.all([
    pipeline(context, tar.stdin, { signal }).catch((error: unknown) => error),
    ended,
  ]);
  // tar's own words come first: a full disk shows as a broken pipe on our side.
  if (said.trim() !== '' || (code !== 0 && written === undefined))
    throw new Error(`tar: ${said.trim() || `exit code ${code}`}`);
  if (written !== undefined) throw written;
}
