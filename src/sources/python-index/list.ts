import type { Listing } from '../../model/candidate.ts';
import type { PythonIndexSource } from '../../model/source.ts';
import type { Http } from '../http/http.ts';
import { unreadable } from '../listing/unreadable.ts';
import { chooseFiles } from './choose-files.ts';
import type { IndexPage } from './index-file.ts';
import { readSimpleHtml } from './read-html.ts';
import { readSimpleJson } from './read-json.ts';
import { normalName } from './wheel-name.ts';

const accept =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

/** @throws UpstreamError when the index can't be had or is none. */
export async function listPythonIndex(source: PythonIndexSource, http: Http): Promise<Listing> {
  const index = source.index.endsWith('/') ? source.index : `${source.index}/`;
  const answer = await http.text(new URL(`${normalName(source.project)}/`, index).href, { accept });
  return chooseFiles(readPage(answer.text, answer.url, answer.headers.get('content-type')), source);
}

/** Servers choose between the forms; what they send is told by its type and not by what was asked for. */
export function readPage(text: string, url: string, contentType: string | null): IndexPage {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? 'text/html';
  if (/^application\/vnd\.pypi\.simple\.v[0-9]+\+json$/.test(type) || type === 'application/json') {
    return readSimpleJson(text, url);
  }
  if (/^application\/vnd\.pypi\.simple\.v[0-9]+\+html$/.test(type) || type === 'text/html') {
    return readSimpleHtml(text, url);
  }
  throw unreadable(url, `the answer is ${type}, neither HTML nor JSON of a simple index`);
}
