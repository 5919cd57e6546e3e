import type { ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import { type PodmanCli, podmanError } from './podman-cli.ts';

/** Of what podman says about a save: a few lines. Characters. */
const mostWords = 4096;

/**
 * `podman save`, layer by layer as it reads them. Over the API nothing comes before the whole image lies in a file:
 * https://github.com/containers/podman/blob/main/pkg/api/handlers/compat/images.go (`ExportImage`)
 *
 * Without `--output` podman puts a named pipe into the temporary folder, which stays there when it is killed.
 * @returns a stream that breaks with podman's words when it fails; destroying it ends podman, which writes at that time.
 */
export function saveOnPodman(cli: PodmanCli, reference: string, signal: AbortSignal): Readable {
  async function* read(): AsyncGenerator<Buffer> {
    const child = cli.startInPipe([
      ...['save', '--quiet', '--format=docker-archive', '--output=/dev/stdout'],
      reference,
    ]);
    const [said, code] = [2, 3].map((descriptor) => lastOf(child.stdio[descriptor] as Readable));
    let unborn: Error | undefined;
    child.once('error', (error) => {
      unborn = error;
    });
    const stop = () => endGroup(child);
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      for await (const chunk of child.stdout!) yield chunk as Buffer;
      const [words, ended] = await Promise.all([said, code]);
      if (unborn !== undefined) throw unborn;
      if (ended !== '0\n') throw new Error(words === '' ? 'podman save was killed' : podmanError(words!));
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }
  return Readable.from(read(), { objectMode: false });
}

async function lastOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text = (text + String(chunk)).slice(-mostWords);
  return text;
}

/** Once it has ended its number may be another's. */
function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}
