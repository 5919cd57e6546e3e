import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../store/write-file.ts';

const schema = z.strictObject({
  /** Original place. */
  url: z.string(),
  /** The address that gave it; validators mean nothing to others. */
  asked: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().min(0),
  /** Header that asks for it only if it has changed. */
  condition: z.tuple([z.enum(['if-none-match', 'if-modified-since']), z.string()]),
});

/** What the bytes at a URL were when nobody but the bytes could tell their digest. */
export type Remembered = z.infer<typeof schema>;

/** undefined when nothing is known, or it can't be read. */
export function recall(cache: string, url: string): Remembered | undefined {
  try {
    const found = schema.parse(JSON.parse(readFileSync(fileOf(cache, url), 'utf8')));
    return found.url === url ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a file, if the server can be asked whether it has changed. */
export function remember(
  cache: string,
  headers: Headers,
  file: { url: string; asked: string; sha256: string; size: number },
): void {
  const tag = headers.get('etag');
  const date = headers.get('last-modified');
  const { url, asked, sha256, size } = file;
  const known = { url, asked, sha256, size };
  if (tag !== null)
    writeWhole(fileOf(cache, url), JSON.stringify({ ...known, condition: ['if-none-match', tag] }));
  else if (date !== null)
    writeWhole(fileOf(cache, url), JSON.stringify({ ...known, condition: ['if-modified-since', date] }));
}

function fileOf(cache: string, url: string): string {
  return join(cache, 'remembered', createHash('sha256').update(url).digest('hex'));
}
