import { once } from 'node:events';
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
    const child = cli.start([
      ...['save', '--quiet', '--format=docker-archive', '--output=/dev/stdout'],
      reference,
    ]);
    const closed = once(child, 'close') as Promise<[number | null, string | null]>;
    closed.catch(() => {});
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-mostWords);
    });
    const stop = () => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      for await (const chunk of child.stdout!) yield chunk as Buffer;
      const [code, killedBy] = await closed;
      if (code !== 0) throw new Error(said === '' ? `it ended with ${code ?? killedBy}` : podmanError(said));
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }
  return Readable.from(read(), { objectMode: false });
}
