import { z } from 'zod';
import { tagPattern } from '../model/name.ts';
import { readBody } from '../sources/http/read-body.ts';
import { unreadable } from '../sources/listing/unreadable.ts';
import { parsed } from './descriptor.ts';
import type { Session } from './session.ts';

const pageSchema = z.object({ tags: z.array(z.string()).nullable() });

/** More than any repository has. */
const mostPages = 1000;
const mostPage = 16 * 2 ** 20;

/** Tags that stand for the referrers of a digest are none of people's. */
const fallbackTag = /^sha256-[0-9a-f]{64}$/;

/**
 * All tags of the repository, page by page; none when it does not exist.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export async function listTags(session: Session): Promise<string[]> {
  const tags: string[] = [];
  let url: string | undefined = session.url('tags/list?n=1000');
  const asking = {
    headers: () => ({ accept: 'application/json', 'accept-encoding': 'identity' }),
    takes: (status: number) => status === 200 || status === 404,
  };
  for (const been = new Set<string>(); url !== undefined; ) {
    if (been.has(url) || been.size >= mostPages) throw unreadable(url, 'its pages of tags have no end');
    been.add(url);
    url = await session.stream(url, asking, async (answer) => {
      if (answer.status === 404) return undefined;
      const page = pageSchema.safeParse(parsed(await readBody(answer, mostPage)));
      if (!page.success) throw unreadable(answer.url, 'it is no list of tags');
      for (const tag of page.data.tags ?? []) {
        if (!tagPattern.test(tag)) throw unreadable(answer.url, `it has a tag that is none: ${tag}`);
        if (!fallbackTag.test(tag)) tags.push(tag);
      }
      return nextOf(answer.headers.get('link'), answer.url, session.repository.api);
    });
  }
  return tags.sort();
}

/** `</v2/a/tags/list?n=1000&last=b>; rel="next"`, RFC 8288. */
export function nextOf(link: string | null, url: string, api: string): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  const next = URL.canParse(target, url) ? new URL(target, url) : undefined;
  // Where it comes with our authorization.
  if (next?.origin !== new URL(api).origin) throw unreadable(url, `its next page is elsewhere: ${target}`);
  return next.href;
}
