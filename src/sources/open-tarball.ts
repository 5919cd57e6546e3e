import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Refusal, tooLarge } from './unpacked-tree.ts';

/**
 * Streams a tarball, decompressed, into `sink`; what it is compressed with is told from its first bytes.
 * Whatever fails destroys the sink with the error, so the one who reads from it hears of it; the promise itself only
 * says that everything is closed.
 */
export async function openTarball(
  file: string,
  maxBytes: number,
  sink: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const kind = await compressionOf(file);
    const limit = async function* (chunks: AsyncIterable<Buffer>) {
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new Refusal(tooLarge(maxBytes));
        yield chunk;
      }
    };
    const source = kind === 'xz' ? xz(file) : createReadStream(file);
    if (kind === 'gzip') await pipeline(source, createGunzip(), limit, sink, { signal });
    else await pipeline(source, limit, sink, { signal });
  } catch (error) {
    sink.destroy(error as Error);
  }
}

async function compressionOf(file: string): Promise<'gzip' | 'xz' | 'none'> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    if (buffer.readUInt16BE(0) === 0x1f8b) return 'gzip';
    if (buffer.toString('latin1', 0, 6) === '\xfd7zXZ\0') return 'xz';
    if (bytesRead === 512 && buffer.toString('latin1', 257, 262) === 'ustar') return 'none';
  } finally {
    await handle.close();
  }
  throw new Refusal('it is neither a tar archive nor one compressed by gzip or xz');
}

/** Node has no xz, and the program is on nearly every machine. Ends well only when the program did. */
function xz(file: string): Readable {
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
          next: 'Install the program `xz` (Debian: xz-utils, Fedora: xz), or use the .tar.gz of this source.',
        });
      } finally {
        child.kill('SIGKILL');
      }
    })(),
    { objectMode: false },
  );
}
