import { z } from 'zod';
import { readBody } from '../sources/http/read-body.ts';
import { unreadable } from '../sources/listing/unreadable.ts';
import { type Descriptor, descriptorSchema, mediaType, parsed } from './descriptor.ts';
import { getManifest, type Manifest, mostManifest, putManifest } from './manifests.ts';
import type { Session } from './session.ts';
import { nextOf } from './tags.ts';

const listSchema = z.object({ manifests: z.array(descriptorSchema) });

/** What a manifest says of itself that its referrers' list repeats. */
const referrerSchema = z.object({
  subject: descriptorSchema.optional(),
  artifactType: z.string().max(255).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  config: z.object({ mediaType: z.string() }).optional(),
});

/**
 * What names a digest as its subject (signatures, SBOMs, evidence), from the registry's API, or where it has none from
 * the tag that clients keep instead.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export async function listReferrers(
  session: Session,
  digest: string,
  artifactType?: string,
): Promise<Descriptor[]> {
  const all = (await fromApi(session, digest)) ?? (await fromTag(session, digest));
  return all.filter((one) => artifactType === undefined || one.artifactType === artifactType);
}

/** Puts a manifest that may name a subject, and where the registry does not, lists it with the subject's referrers. */
export async function putReferrer(
  session: Session,
  manifest: Omit<Manifest, 'digest'>,
  reference: string,
): Promise<string> {
  const { digest, subject: kept } = await putManifest(session, manifest, reference);
  const facts = referrerSchema.safeParse(parsed(manifest.bytes));
  const subject = facts.data?.subject;
  if (kept || subject === undefined) return digest;
  const { artifactType = facts.data?.config?.mediaType, annotations } = facts.data!;
  const listed = await fromTag(session, subject.digest);
  if (listed.some((one) => one.digest === digest)) return digest;
  const own: Descriptor = {
    mediaType: manifest.mediaType,
    digest,
    size: manifest.bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
  };
  const index = { schemaVersion: 2, mediaType: mediaType.index, manifests: [...listed, own] };
  const bytes = Buffer.from(JSON.stringify(index));
  await putManifest(session, { bytes, mediaType: mediaType.index }, tagFor(subject.digest));
  return digest;
}

/** undefined when the registry does not have this API. */
async function fromApi(session: Session, digest: string): Promise<Descriptor[] | undefined> {
  const found: Descriptor[] = [];
  const asking = {
    headers: () => ({ accept: mediaType.index, 'accept-encoding': 'identity' }),
    takes: (status: number) => [200, 400, 404, 405].includes(status),
  };
  let url: string | undefined = session.url(`referrers/${digest}`);
  for (const been = new Set<string>(); url !== undefined; ) {
    if (been.has(url) || been.size >= 100) throw unreadable(url, 'its pages of referrers have no end');
    been.add(url);
    const next: string | false | undefined = await session.stream(url, asking, async (answer) => {
      // Some answer everything that they do not know with a page.
      const isIndex = answer.headers.get('content-type')?.startsWith(mediaType.index) ?? false;
      if (answer.status !== 200 || !isIndex) return false;
      found.push(...listOf(await readBody(answer, mostManifest), answer.url));
      return nextOf(answer.headers.get('link'), answer.url, session.repository.api);
    });
    if (next === false) return undefined;
    url = next;
  }
  return found;
}

async function fromTag(session: Session, digest: string): Promise<Descriptor[]> {
  const index = await getManifest(session, tagFor(digest));
  return index === undefined ? [] : listOf(index.bytes, session.url(`manifests/${tagFor(digest)}`));
}

function listOf(bytes: Buffer, url: string): Descriptor[] {
  const list = listSchema.safeParse(parsed(bytes));
  if (!list.success) throw unreadable(url, 'it is no index of referrers');
  return list.data.manifests;
}

function tagFor(digest: string): string {
  return digest.replace(':', '-');
}
