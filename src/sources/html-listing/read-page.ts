import { z } from 'zod';
import { bytesOf } from '../listing/facts.ts';
import { baseOf, type HtmlPage, readHtml } from '../listing/html-links.ts';
import { resolveLink } from '../listing/link.ts';
import { mostNames, unreadable } from '../listing/unreadable.ts';
import { filesInScript } from './files-in-script.ts';

interface PageFile {
  name: string;
  url: string;
  date?: string | undefined;
  size?: number | undefined;
}

export interface DirectoryPage {
  files: readonly PageFile[];
  refused: readonly { name: string; why: string }[];
}

const scriptFile = z.object({
  name: z.string(),
  mtime: z.unknown().optional(),
  size: z.unknown().optional(),
});

/**
 * A directory page: Apache's and nginx's have links, AMD's tarball pages (TheRock,
 * build_tools/index_generation_s3_tar.py) none but a script that makes them, `const files = [{"name": …, "mtime": …}]`.
 * Dates and sizes are taken from there; what Apache and nginx write beside the links is rounded and in no fixed form.
 * @param url the page's own, after redirects.
 * @throws UpstreamError when it is no such page.
 */
export function readDirectoryPage(text: string, url: string): DirectoryPage {
  const page = readHtml(text, url);
  const base = baseOf(page, url);
  const files: PageFile[] = [];
  const refused: { name: string; why: string }[] = [];
  const entries = [...page.links.map(({ href = '' }) => ({ href })), ...scriptEntries(page, url)];
  for (const { href, ...facts } of entries) {
    // Apache's own links, which sort the page.
    if (/^[?#]/.test(href)) continue;
    const link = resolveLink(href, url, base);
    if ('why' in link) refused.push({ name: href, why: link.why });
    // Folders, the one above among them.
    else if (link.name !== '') files.push({ ...link, ...facts });
  }
  if (entries.length === 0) {
    throw unreadable(url, 'the page has no links and no list of files, so it is no directory page', [
      `title ${JSON.stringify(page.title)}`,
    ]);
  }
  return { files, refused };
}

function scriptEntries(page: HtmlPage, url: string): ({ href: string } & Pick<PageFile, 'date' | 'size'>)[] {
  const list = page.scripts.flatMap((script) => filesInScript(script) ?? []);
  if (list.length > mostNames) throw unreadable(url, `the page has more than ${mostNames} files`);
  return list.flatMap((entry) => {
    const { data } = scriptFile.safeParse(entry);
    if (!data) return [];
    return [
      {
        href: encodeURIComponent(data.name.toWellFormed()),
        date: dateOf(data.mtime),
        size: bytesOf(data.size),
      },
    ];
  });
}

/** @param mtime seconds since 1970, with a fraction. */
function dateOf(mtime: unknown): string | undefined {
  if (typeof mtime !== 'number' || !(mtime > 0 && mtime < 4e9)) return undefined;
  return `${new Date(mtime * 1000).toISOString().slice(0, 19)}Z`;
}
