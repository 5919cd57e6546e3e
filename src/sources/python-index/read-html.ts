import { sha256Of } from '../listing/facts.ts';
import { baseOf, readHtml } from '../listing/html-links.ts';
import { resolveLink } from '../listing/link.ts';
import { unreadable } from '../listing/unreadable.ts';
import type { IndexFile, IndexPage, RefusedFile } from './index-file.ts';

/**
 * A project's page of a simple index: https://packaging.python.org/specifications/simple-repository-api/ (PEP 503, 592,
 * 629). The file's name is the end of its address, as pip takes it; AMD's pages link to `../torch-2.11.0%2Brocm….whl`.
 * @param url the page's own, after redirects.
 * @throws UpstreamError when it is no such page.
 */
export function readSimpleHtml(text: string, url: string): IndexPage {
  const page = readHtml(text, url);
  const base = baseOf(page, url);
  const files: IndexFile[] = [];
  const refused: RefusedFile[] = [];
  for (const attributes of page.links) {
    const href = attributes.href!;
    const link = resolveLink(href, url, base);
    if ('why' in link) {
      refused.push({ name: href, why: link.why });
      continue;
    }
    if (!/\.(whl|tar\.[a-z0-9]+|tgz|zip|egg|exe)$/.test(link.name)) continue;
    const sha256 = /#(?:.*&)?sha256=([^&]*)/.exec(href)?.[1];
    if (sha256 !== undefined && sha256Of(sha256) === undefined) {
      refused.push({ name: link.name, why: 'its sha256 is none' });
      continue;
    }
    files.push({
      ...link,
      sha256: sha256Of(sha256),
      requiresPython: attributes['data-requires-python'],
      yanked: attributes['data-yanked'],
    });
  }
  if (files.length === 0) {
    throw unreadable(url, 'the page has no links to files, so it is no project of a simple index', [
      `${page.links.length} links, title ${JSON.stringify(page.title)}`,
    ]);
  }
  return { files, refused };
}
