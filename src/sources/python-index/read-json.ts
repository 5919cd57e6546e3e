import { z } from 'zod';
import { bytesOf, momentOf, sha256Of } from '../listing/facts.ts';
import { resolveLink } from '../listing/link.ts';
import { readJson } from '../listing/read-json.ts';
import { mostNames, unreadable } from '../listing/unreadable.ts';
import type { IndexFile, IndexPage, RefusedFile } from './index-file.ts';

const pageSchema = z.object({
  meta: z.object({ 'api-version': z.string().max(20) }),
  files: z.array(z.unknown()).max(mostNames),
});

const fileSchema = z.object({
  filename: z.string(),
  url: z.string(),
  hashes: z.record(z.string(), z.string()).default({}),
  'requires-python': z.string().nullish(),
  yanked: z.union([z.boolean(), z.string()]).default(false),
  // Facts that help and that nothing depends on: unusable ones count as untold.
  size: z.unknown().optional(),
  'upload-time': z.unknown().optional(),
});

/**
 * A project's page as JSON: https://packaging.python.org/specifications/simple-repository-api/ (PEP 691, 700).
 * @param url the page's own, after redirects.
 * @throws UpstreamError when it is no such page, or of a later major version than 1.
 */
export function readSimpleJson(text: string, url: string): IndexPage {
  const page = readJson(text, url, pageSchema, 'a project of a simple index (PEP 691)');
  if (!/^1\.[0-9]+$/.test(page.meta['api-version'])) {
    throw unreadable(url, `version ${page.meta['api-version']} of the simple index is not known`);
  }
  const files: IndexFile[] = [];
  const refused: RefusedFile[] = [];
  for (const [index, entry] of page.files.entries()) {
    const file = readFile(entry, index, url);
    if ('why' in file) refused.push(file);
    else files.push(file);
  }
  return { files, refused };
}

function readFile(entry: unknown, index: number, url: string): IndexFile | RefusedFile {
  const { data: file, error } = fileSchema.safeParse(entry);
  if (error)
    return {
      name: `files[${index}]`,
      why: `its entry is malformed at ${error.issues[0]?.path.join('.') || 'its top'}`,
    };
  const link = resolveLink(file.url, url);
  if ('why' in link) return { name: file.filename, why: link.why };
  // pip names what it downloads by the address, whatever the index calls it.
  if (link.name !== file.filename) return { name: file.filename, why: 'its address ends in another name' };
  const sha256 = file.hashes.sha256;
  if (sha256 !== undefined && sha256Of(sha256) === undefined)
    return { name: link.name, why: 'its sha256 is none' };
  return {
    ...link,
    sha256: sha256Of(sha256),
    size: bytesOf(file.size),
    date: momentOf(file['upload-time']),
    requiresPython: file['requires-python'] ?? undefined,
    yanked: file.yanked === false ? undefined : file.yanked === true ? '' : file.yanked,
  };
}
