import { z } from 'zod';
import { readJson } from '../listing/read-json.ts';

/** https://docs.github.com/en/rest/releases/releases#list-releases */
const releaseSchema = z.object({
  tag_name: z.string(),
  draft: z.boolean().default(false),
  prerelease: z.boolean().default(false),
  published_at: z.string().nullish(),
  assets: z
    .array(
      z.object({
        name: z.string(),
        browser_download_url: z.string(),
        state: z.string().default('uploaded'),
        size: z.unknown().optional(),
        // Null for what was uploaded before June 2025.
        digest: z.string().nullish(),
      }),
    )
    .max(10_000),
});

export type Release = z.infer<typeof releaseSchema>;

/** @throws UpstreamError when it is no page of releases. */
export function readReleases(text: string, url: string): readonly Release[] {
  return readJson(text, url, z.array(releaseSchema).max(1000), 'a list of GitHub releases');
}

/**
 * The address of the next page as the Link header has it: https://www.rfc-editor.org/rfc/rfc8288
 * @returns undefined on the last page.
 */
export function nextPage(header: string | null): string | undefined {
  for (const [, address, parameters = ''] of (header ?? '').matchAll(
    /<([^<>]*)>((?:\s*;\s*[a-z*]+=(?:"[^"]*"|[^",;\s]*))*)/gi,
  )) {
    if (/;\s*rel="?(?:[^"]* )?next(?: [^"]*)?"?\s*(?:;|$)/i.test(parameters)) return address;
  }
  return undefined;
}
