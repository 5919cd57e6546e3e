import type { Answer } from '../sources/http/http.ts';
import { HttpError } from '../sources/http/http-error.ts';
import { unreadable } from '../sources/listing/unreadable.ts';
import { type Blob, hasBlob } from './blobs.ts';
import type { Session } from './session.ts';

/** GitHub's registry takes no larger chunk, and smaller ones only cost time. Bytes. */
const chunk = 4 * 2 ** 20;

/** That much behind the last failure is reason to count failures anew. Bytes. */
const worthwhile = 2 ** 20;

/** A registry may look through gigabytes before it answers. Milliseconds. */
const longSilence = 5 * 60_000;

/**
 * Puts a blob: nothing is sent when it is there; a small one goes in one request; a large one as Docker and Podman do it,
 * whose way every registry knows: as one PATCH, in small chunks only where that is too much. What failed is never sent
 * again blindly: the registry is asked how much it has.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
 * @returns false when it was there.
 * @throws UpstreamError (exit 3).
 */
export async function putBlob(session: Session, blob: Blob): Promise<boolean> {
  if (await hasBlob(session, blob.digest)) return false;
  const upload: Upload = { place: undefined, offset: 0, chunk: Number.POSITIVE_INFINITY };
  let reached = 0;
  for (let tries = 1; ; tries++) {
    try {
      upload.place ??= (await begin(session))!;
      await send(session, blob, upload);
      return true;
    } catch (error) {
      if (upload.offset >= reached + worthwhile) tries = 1;
      reached = Math.max(reached, upload.offset);
      if (isTooLarge(error) && upload.chunk > chunk && blob.size > chunk) {
        Object.assign(upload, { chunk, place: undefined, offset: 0 });
        continue;
      }
      if (!(await session.mayPass(error, tries))) throw error;
      // The last answer may be all that was lost.
      if (await hasBlob(session, blob.digest)) return true;
      await lookUp(session, upload);
    }
  }
}

/**
 * Takes a blob over from another repository of the registry.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#mounting-a-blob-from-another-repository
 * @param from its name.
 * @returns false when it can't be had there.
 */
export async function mountBlob(session: Session, digest: string, from: string): Promise<boolean> {
  const place = await begin(session, { mount: digest, from });
  if (place === undefined) return true;
  // A registry that does not mount begins an upload, which it would forget some day by itself.
  const asking = { method: 'DELETE' as const, headers: () => ({}), takes: () => true };
  await session.stream(place, asking, async () => {}).catch(() => {});
  return false;
}

interface Upload {
  /** Address of the next request; undefined: to be begun. */
  place: string | undefined;
  /** Bytes that the registry has. */
  offset: number;
  /** Bytes of one request. */
  chunk: number;
}

/** @returns where to send it; undefined when it was mounted. */
async function begin(session: Session, mount?: { mount: string; from: string }): Promise<string | undefined> {
  const asking = {
    method: 'POST' as const,
    headers: () => ({ 'content-length': '0' }),
    takes: (status: number) => status === 202 || (status === 201 && mount !== undefined),
  };
  const query = mount ? `?${new URLSearchParams(mount)}` : '';
  return session.stream(session.url(`blobs/uploads/${query}`), asking, async (answer) =>
    answer.status === 201 ? undefined : locationOf(answer),
  );
}

async function send(session: Session, blob: Blob, upload: Upload): Promise<void> {
  const whole = upload.offset === 0 && blob.size <= chunk;
  while (!whole && upload.offset < blob.size) await patch(session, blob, upload);
  const url = new URL(upload.place!);
  url.searchParams.set('digest', blob.digest);
  const asking = {
    method: 'PUT' as const,
    again: false,
    silence: longSilence,
    headers: () => ({ 'content-type': 'application/octet-stream' }),
    body: { size: whole ? blob.size : 0, open: () => blob.open(0, whole ? blob.size : 0) },
    takes: (status: number) => status === 201 || status === 204,
  };
  await session.stream(url.href, asking, async () => {});
}

async function patch(session: Session, blob: Blob, upload: Upload): Promise<void> {
  const { place, offset } = upload;
  const end = Math.min(blob.size, offset + upload.chunk);
  const asking = {
    method: 'PATCH' as const,
    again: false,
    headers: () => ({
      'content-type': 'application/octet-stream',
      // Without it where all is in one request: some registries take it for a chunk, of which they have a largest size.
      ...(offset > 0 || end < blob.size ? { 'content-range': `${offset}-${end - 1}` } : {}),
    }),
    body: { size: end - offset, open: () => blob.open(offset, end) },
    takes: (status: number) => status === 202 || status === 201 || status === 204,
  };
  await session.stream(place!, asking, async (answer) => {
    upload.place = locationOf(answer);
  });
  // What the registry tells in Range here is not always true (ECR); the digest is, at the end.
  upload.offset = end;
}

/** Asks how much the registry has; an upload that it does not know any more is begun anew. */
async function lookUp(session: Session, upload: Upload): Promise<void> {
  const asking = {
    direct: true,
    headers: () => ({}),
    takes: (status: number) => status === 204 || [400, 404, 405, 410].includes(status),
  };
  const { place } = upload;
  if (place === undefined) return;
  await session.stream(place, asking, async (answer) => {
    // `0-0` is said of nothing as well as of one byte.
    const [, last = '0'] = /^(?:bytes=)?0-([0-9]{1,15})$/.exec(answer.headers.get('range') ?? '') ?? [];
    const known = answer.status === 204;
    upload.place = known ? locationOf(answer, place) : undefined;
    upload.offset = known && last !== '0' ? Number(last) + 1 : 0;
  });
}

function isTooLarge(error: unknown): boolean {
  return error instanceof HttpError && (error.status === 413 || error.status === 416);
}

function locationOf({ url, headers }: Answer, fallback?: string): string {
  const location = headers.get('location') ?? fallback;
  if (location === undefined || !URL.canParse(location, url))
    throw unreadable(url, 'it does not say where to upload');
  const place = new URL(location, url);
  if (place.protocol !== new URL(url).protocol)
    throw unreadable(url, `it leads to another scheme: ${place.protocol}`);
  return place.href;
}
