import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Answer } from './http.ts';
import { HttpError } from './http-error.ts';
import { NetworkFailure } from './transport.ts';

/**
 * The whole body, decompressed. Neither what comes over the line nor what comes out of it may be more than `most` bytes,
 * so that neither garbage without an end nor a small file that unpacks to a huge one takes the memory.
 * @throws HttpError for too much; NetworkFailure for a gzip stream that is damaged or cut off.
 */
export async function readBody(answer: Answer, most: number): Promise<Buffer> {
  if (Number(answer.headers.get('content-length') ?? 0) > most) throw tooMuch(answer, most);
  const chunks: Buffer[] = [];
  const collect = async (body: AsyncIterable<Buffer>) => {
    for await (const chunk of limited(body, answer, most)) chunks.push(chunk);
  };
  const coding = answer.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity') await collect(answer.body);
  else if (coding === 'gzip' || coding === 'x-gzip')
    await gunzip(limited(answer.body, answer, most), collect);
  else {
    throw new HttpError({
      ...answer,
      what: `the answer is compressed by ${coding}, which was not asked for`,
      next: 'Check what stands between: a proxy or a mirror may change what it passes on.',
    });
  }
  return Buffer.concat(chunks);
}

/**
 * The text of a body, by the charset that its Content-Type names, else UTF-8.
 * @throws HttpError when it is no such text.
 */
export function decodeText(body: Buffer, answer: Answer): string {
  const charset =
    /charset\s*=\s*"?([^\s;"]+)/i.exec(answer.headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch (cause) {
    throw new HttpError({
      ...answer,
      what: `the answer is no text in ${charset}`,
      next: 'Open the URL in a browser: it may lead to a file instead of an index.',
      cause,
    });
  }
}

async function gunzip(
  body: AsyncIterable<Buffer>,
  collect: (body: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  try {
    await pipeline(body, createGunzip(), collect);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw new NetworkFailure('the gzip stream is cut off', { cause: error });
    if (code?.startsWith('Z_')) throw new NetworkFailure('the gzip stream is damaged', { cause: error });
    throw error;
  }
}

async function* limited(body: AsyncIterable<Buffer>, answer: Answer, most: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > most) throw tooMuch(answer, most);
    yield chunk;
  }
}

function tooMuch(answer: Answer, most: number): HttpError {
  const limit = most % 2 ** 20 === 0 ? `${most / 2 ** 20} MiB` : `${most} bytes`;
  return new HttpError({
    ...answer,
    what: `the answer is longer than ${limit}`,
    next: 'Check that the address leads to an index and not to a file.',
  });
}
