import { Readable } from 'node:stream';
import type { Answer } from '../sources/http/http.ts';
import { readBody } from '../sources/http/read-body.ts';
import { unreadable } from '../sources/listing/unreadable.ts';
import { digestOf, mediaType } from './descriptor.ts';
import type { Session } from './session.ts';

export interface Manifest {
  /** As the registry has them: the digest is over them. */
  bytes: Buffer;
  mediaType: string;
  digest: string;
}

/** A manifest is a list of layers: four MiB is what registries themselves take at most. Bytes. */
export const mostManifest = 4 * 2 ** 20;

const accept = [mediaType.index, mediaType.dockerList, mediaType.manifest, mediaType.dockerManifest].join(
  ', ',
);

/** @param reference a tag or a digest. @returns undefined when there is none. */
export async function getManifest(session: Session, reference: string): Promise<Manifest | undefined> {
  const asking = {
    headers: () => ({ accept, 'accept-encoding': 'identity' }),
    takes: (status: number) => status === 200 || status === 404,
  };
  return session.stream(session.url(`manifests/${reference}`), asking, async (answer) => {
    if (answer.status === 404) return undefined;
    const bytes = await readBody(answer, mostManifest);
    const digest = digestOf(bytes);
    for (const promised of [answer.headers.get('docker-content-digest'), reference]) {
      if (promised?.startsWith('sha256:') && promised !== digest)
        throw unreadable(answer.url, `its bytes are ${digest}, and it says ${promised}`);
    }
    return { bytes, mediaType: typeOf(answer), digest };
  });
}

/** The digest that a tag leads to; undefined when it is not there, or the registry does not tell. */
export async function headManifest(session: Session, reference: string): Promise<string | undefined> {
  const asking = {
    method: 'HEAD' as const,
    headers: () => ({ accept }),
    takes: (status: number) => status === 200 || status === 404,
  };
  return session.stream(session.url(`manifests/${reference}`), asking, async ({ status, headers }) =>
    status === 404 ? undefined : (headers.get('docker-content-digest') ?? undefined),
  );
}

/**
 * Puts a manifest; what it names must be there before. The same one twice does nothing the second time.
 * @param reference a tag, or its own digest.
 * @returns its digest, and whether the registry takes care of its `subject`.
 */
export async function putManifest(
  session: Session,
  { bytes, mediaType: type }: Omit<Manifest, 'digest'>,
  reference: string,
): Promise<{ digest: string; subject: boolean }> {
  const digest = digestOf(bytes);
  const asking = {
    method: 'PUT' as const,
    headers: () => ({ 'content-type': type }),
    body: { size: bytes.length, open: () => Readable.from([bytes]) },
    takes: (status: number) => status === 201,
  };
  return session.stream(session.url(`manifests/${reference}`), asking, async ({ url, headers }) => {
    const said = headers.get('docker-content-digest');
    if (said?.startsWith('sha256:') && said !== digest)
      throw unreadable(url, `it took the bytes for ${said}, and they are ${digest}`);
    return { digest, subject: headers.has('oci-subject') };
  });
}

/**
 * Deletes a manifest, and with it every tag on it.
 * @returns false when it was not there.
 */
export async function deleteManifest(session: Session, digest: string): Promise<boolean> {
  const asking = {
    method: 'DELETE' as const,
    headers: () => ({}),
    takes: (status: number) => [200, 202, 404].includes(status),
  };
  return session.stream(session.url(`manifests/${digest}`), asking, async ({ status }) => status !== 404);
}

function typeOf({ headers }: Answer): string {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
}
