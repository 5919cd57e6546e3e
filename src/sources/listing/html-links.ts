import { Parser } from 'htmlparser2';
import { mostNames, unreadable } from './unreadable.ts';

/** What is read out of a page of links. */
export interface HtmlPage {
  links: readonly Readonly<Record<string, string>>[];
  /** The first `<base href>`. */
  base?: string;
  title: string;
  scripts: readonly string[];
}

/** As deep as browsers go; the parser's time grows with the depth. */
const deepest = 512;

/**
 * Attributes of every `<a href>`, with entities decoded. HTML is never malformed, as browsers see it, so a page that
 * is no index is known by its links.
 * @throws UpstreamError when it is nested as no page of links is, or has more links than any.
 */
export function readHtml(text: string, url: string): HtmlPage {
  const links: Record<string, string>[] = [];
  const scripts: string[] = [];
  let base: string | undefined;
  let title = '';
  let depth = 0;
  let within = '';
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      if (depth > deepest) throw unreadable(url, `the page is nested deeper than ${deepest} elements`);
      if (name === 'a' && attributes.href !== undefined) links.push(attributes);
      if (links.length > mostNames) throw unreadable(url, `the page has more than ${mostNames} links`);
      if (name === 'base') base ??= attributes.href;
      if (name === 'script') scripts.push('');
      within = name;
    },
    onclosetag() {
      depth -= 1;
      within = '';
    },
    ontext(more) {
      if (within === 'script') scripts.push(scripts.pop() + more);
      if (within === 'title' && title.length < 200) title += more;
    },
  });
  parser.write(text);
  parser.end();
  return { links, title: title.trim(), scripts, ...(base !== undefined && { base }) };
}

/** The URL that the page's links are relative to. */
export function baseOf(page: HtmlPage, url: string): string {
  return page.base !== undefined && URL.canParse(page.base, url) ? new URL(page.base, url).href : url;
}
