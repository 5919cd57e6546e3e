import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Refusal } from './unpacked-tree.ts';

/** Node has no xz, and the program is on nearly every machine. Ends well only when the program did. */
export function readXz(file: string): Readable {
  return Readable.from(
    (async function* () {
      const child = spawn('xz', ['--decompress', '--stdout', '--', file], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const exit = once(child, 'close') as Promise<[number | null]>;
      // Looked at below; an early end of this generator must not make it an unhandled rejection.
      exit.catch(() => {});
      let complaint = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint = (complaint + text).slice(0, 2000);
      });
      try {
        yield* child.stdout as AsyncIterable<Buffer>;
        const [code] = await exit;
        if (code !== 0) throw new Error(complaint.trim() || `xz ended with ${code}`);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        throw new Refusal('it is compressed by xz', {
          next: 'Install the program `xz` (Debian: xz-utils, Fedora: xz), or use what is compressed by gzip where there is a choice.',
        });
      } finally {
        child.kill('SIGKILL');
      }
    })(),
    { objectMode: false },
  );
}
