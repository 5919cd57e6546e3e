import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { OciPin } from '../../model/lock.ts';
import type { Http } from '../http/http.ts';
import { HttpError } from '../http/http-error.ts';
import { unreadable } from '../listing/unreadable.ts';
import { authorizationFor } from './authorize.ts';
import { credentialsFor } from './credentials.ts';
import { type Place, placeOf } from './reference.ts';

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
/** https://github.com/opencontainers/image-spec/blob/main/image-index.md */
const indexSchema = z.object({
  manifests: z.array(
    z.object({
      digest,
      platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
    }),
  ),
});
const manifestSchema = z.object({ config: z.object({ digest }) });
const configSchema = z.object({ architecture: z.string(), os: z.string() });

/** A manifest is a list of layers: four MiB is what registries themselves take at most. Bytes. */
const most = 4 * 2 ** 20;

interface Access {
  env: NodeJS.ProcessEnv;
  /** The person's home folder. */
  home: string;
}

/**
 * The digest of the manifest for linux/amd64 that a tag leads to now, found by the distribution protocol
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md) and checked against the bytes.
 * @throws UpstreamError (exit 3) with URL, status and what to do.
 */
export async function pinOci(reference: string, http: Http, access: Access): Promise<OciPin> {
  const place = placeOf(reference);
  const get = asker(place, http, access);
  const { url, body, digest } = await get(`manifests/${place.tag}`);
  const pin = { kind: 'oci' as const, version: place.tag, reference: `${place.registry}/${place.name}` };
  const document = read(body, url);
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
  const found = await get(`blobs/${manifest.data.config.digest}`);
  const config = configSchema.safeParse(read(found.body, found.url));
  if (!config.success || config.data.os !== 'linux' || config.data.architecture !== 'amd64')
    throw unreadable(url, 'it is not for linux/amd64');
  return { ...pin, digest };
}

type Get = (path: string) => Promise<{ url: string; body: Buffer; digest: string }>;

/** Asks one repository; is told once what authorization it wants. */
function asker({ registry, api, name }: Place, http: Http, { env, home }: Access): Get {
  let authorization: string | undefined;
  const ask = async (url: string) => {
    const answer = await http.raw(url, {
      accept,
      most,
      ...(authorization && { headers: { authorization } }),
    });
    // Blobs are often kept elsewhere; where they are is signed into the address, and gets no credentials of ours.
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || location === null) return answer;
    const elsewhere = new URL(location, url);
    if (elsewhere.protocol !== new URL(url).protocol)
      throw unreadable(url, `it leads to another scheme: ${elsewhere.protocol}`);
    return await http.raw(elsewhere.href, { most });
  };
  return async (path) => {
    const url = `${api}/v2/${name}/${path}`;
    let answer = await ask(url);
    if (answer.status === 401 && authorization === undefined) {
      const challenge = answer.headers.get('www-authenticate') ?? '';
      const credentials = credentialsFor(registry, env, home);
      authorization = await authorizationFor(challenge, name, credentials, http);
      if (authorization !== undefined) answer = await ask(url);
    }
    if (answer.status !== 200) {
      const login = [401, 403].includes(answer.status)
        ? {
            next: `Log in (podman login ${registry}), or correct the name: registries say so too of what is not there.`,
          }
        : {};
      throw new HttpError({ url, asked: url, status: answer.status, ...login });
    }
    const found = `sha256:${createHash('sha256').update(answer.body).digest('hex')}`;
    const promised = path.startsWith('blobs/')
      ? path.slice('blobs/'.length)
      : answer.headers.get('docker-content-digest');
    if (promised !== null && promised !== found)
      throw unreadable(url, `its bytes are ${found}, and it says ${promised}`);
    return { url, body: answer.body, digest: found };
  };
}

function read(body: Buffer, url: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw unreadable(url, 'the answer is no JSON');
  }
}
