import type { OciPin } from '../../model/lock.ts';
import { getBlob } from '../../registry/blobs.ts';
import type { Credentials } from '../../registry/credentials.ts';
import { configSchema, indexSchema, manifestSchema, parsed } from '../../registry/descriptor.ts';
import { getManifest, mostManifest } from '../../registry/manifests.ts';
import { placeOf } from '../../registry/reference.ts';
import { openSession } from '../../registry/session.ts';
import type { HttpClient } from '../http/http.ts';
import { HttpError } from '../http/http-error.ts';
import { unreadable } from '../listing/unreadable.ts';

/**
 * The digest of the manifest for linux/amd64 that a tag leads to now, found by the distribution protocol and checked
 * against the bytes.
 * @throws UpstreamError (exit 3) with URL, status and what to do.
 */
export async function pinOci(reference: string, http: HttpClient, credentials: Credentials): Promise<OciPin> {
  const place = placeOf(reference);
  const session = openSession(place, http, credentials);
  const url = session.url(`manifests/${place.tag}`);
  const found = await getManifest(session, place.tag);
  if (found === undefined) throw new HttpError({ url, asked: url, status: 404 });
  const pin = { kind: 'oci' as const, version: place.tag, reference: `${place.registry}/${place.name}` };
  const document = parsed(found.bytes);
  if (document === undefined) throw unreadable(url, 'the answer is no JSON');
  const index = indexSchema.safeParse(document);
  if (index.success) {
    const ours = index.data.manifests.find(
      ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
    );
    if (!ours) throw unreadable(url, 'it has no image for linux/amd64');
    return { ...pin, digest: ours.digest };
  }
  const manifest = manifestSchema.safeParse(document);
  if (!manifest.success) throw unreadable(url, 'it is neither an index nor a manifest of an image');
  const config = configSchema.safeParse(
    parsed(await getBlob(session, manifest.data.config.digest, mostManifest)),
  );
  if (!config.success || config.data.os !== 'linux' || config.data.architecture !== 'amd64')
    throw unreadable(url, 'it is not for linux/amd64');
  return { ...pin, digest: found.digest };
}
