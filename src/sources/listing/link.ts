/** Longer addresses are refused by servers and proxies. */
const longest = 2048;

export type Link = { url: string; name: string } | { why: string };

/**
 * Where a link leads, without its fragment, and the file name at its end as it is meant (with `+`, not `%2B`).
 * Never more than http(s), never from https back to http, never with a user or password in it.
 * @param page URL of the page that links.
 * @param base what the link is relative to, where the page says so by `<base href>`.
 */
export function resolveLink(href: string, page: string, base = page): Link {
  if (href.length > longest) return { why: `its address is longer than ${longest} characters` };
  if (!URL.canParse(href, base)) return { why: 'its address is no URL' };
  const url = new URL(href, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { why: `its address is ${url.protocol}, not http` };
  if (url.protocol === 'http:' && page.startsWith('https:'))
    return { why: 'its address leads from https back to http' };
  if (url.username || url.password) return { why: 'its address holds a user or a password' };
  url.hash = '';
  // What else a URL may hold, such as $ ( ) ' and ;, no artefact needs.
  if (!/^[A-Za-z0-9:/?&=@!+,~._%[\]-]*$/.test(url.href))
    return { why: 'its address holds unusual characters' };
  try {
    return { url: url.href, name: decodeURIComponent(url.pathname.split('/').at(-1)!) };
  } catch {
    return { why: 'its address is wrongly percent-encoded' };
  }
}
