import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Store } from '../sources/artefacts/store.ts';
import { readBody } from '../sources/http/read-body.ts';
import { unreadable } from '../sources/listing/unreadable.ts';
import { type Descriptor, digestOf } from './descriptor.ts';
import type { Session } from './session.ts';

/** Bytes that are to be put. */
export interface Blob {
  digest: string;
  /** Bytes. */
  size: number;
  /** Opened for every request, from `start` up to and without `end`. */
  open(start: number, end: number): Readable;
}

export function blobOf(bytes: Buffer): Blob {
  return {
    digest: digestOf(bytes),
    size: bytes.length,
    open: (start, end) => Readable.from([bytes.subarray(start, end)]),
  };
}

/** @param file whose bytes have the digest and the size. */
export function blobOfFile(file: string, { digest, size }: Pick<Descriptor, 'digest' | 'size'>): Blob {
  return {
    digest,
    size,
    // An empty range has no end before it.
    open: (start, end) =>
      end > start
        ? createReadStream(file, { start, end: end - 1, highWaterMark: 2 ** 20 })
        : Readable.from([]),
  };
}

/** Whether the registry itself has it; a mirror's word is no reason not to push. */
export async function hasBlob(session: Session, digest: string): Promise<boolean> {
  const asking = {
    direct: true,
    method: 'HEAD' as const,
    headers: () => ({}),
    takes: (status: number) => status === 200 || status === 404,
  };
  return session.stream(session.url(`blobs/${digest}`), asking, async ({ status }) => status === 200);
}

/**
 * A small blob, such as an image's config, checked.
 * @param most bytes.
 */
export async function getBlob(session: Session, digest: string, most: number): Promise<Buffer> {
  const asking = {
    headers: () => ({ 'accept-encoding': 'identity' }),
    takes: (status: number) => status === 200,
  };
  return session.stream(session.url(`blobs/${digest}`), asking, async (answer) => {
    const bytes = await readBody(answer, most);
    const found = digestOf(bytes);
    if (found !== digest) throw unreadable(answer.url, `its bytes are ${found}, and it says ${digest}`);
    return bytes;
  });
}

/** A blob of any size as a file, checked; what an earlier run has of it is continued. @returns the file. */
export async function bringBlob(
  session: Session,
  store: Store,
  { digest, size }: Descriptor,
): Promise<string> {
  const sha256 = digest.slice('sha256:'.length);
  return (await store.bring({ urls: [session.url(`blobs/${digest}`)], sha256, size })).file;
}
