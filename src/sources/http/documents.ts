import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../store/write-file.ts';

/** A document as it was last time, with what the server needs to say whether it still is. */
export interface KeptDocument {
  /** The address that gave it, after redirects; validators mean nothing to others. */
  asked: string;
  /** The same in original terms. */
  url: string;
  headers: Headers;
  text: string;
}

const schema = z.strictObject({
  asked: z.string(),
  url: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  sha256: z.string(),
});

/**
 * Where a document is kept. Everything that it was asked with is in the name, so that what one token may see is never
 * shown to another; only as a digest, so that no secret can be read there.
 */
export function documentFile(cache: string, url: string, headers: Readonly<Record<string, string>>): string {
  const asked = JSON.stringify([url, Object.entries(headers).sort()]);
  return join(cache, 'http', createHash('sha256').update(asked).digest('hex'));
}

/** undefined when it is not there, or is not what was written. */
export function readDocument(file: string): KeptDocument | undefined {
  try {
    const content = readFileSync(file, 'utf8');
    const end = content.indexOf('\n');
    const { sha256, headers, ...place } = schema.parse(JSON.parse(content.slice(0, end)));
    const text = content.slice(end + 1);
    return digest(text) === sha256 ? { ...place, headers: new Headers(headers), text } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a document, if the server can be asked whether it has changed and lets it be kept (RFC 9111, 5.2.2.5). */
export function keepDocument(file: string, { asked, url, headers, text }: KeptDocument): void {
  if (conditionsOf(headers) === undefined) return;
  if (/(^|[\s,])no-store([\s,]|$)/i.test(headers.get('cache-control') ?? '')) return;
  const kept = [...headers].filter(([name]) => name !== 'set-cookie');
  writeWhole(file, `${JSON.stringify({ asked, url, headers: kept, sha256: digest(text) })}\n${text}`);
}

/** Asks for a document only if it has changed (RFC 9110, 13.1). */
export function conditionsOf(headers: Headers): Record<string, string> | undefined {
  const tag = headers.get('etag');
  if (tag !== null) return { 'if-none-match': tag };
  const date = headers.get('last-modified');
  return date === null ? undefined : { 'if-modified-since': date };
}

/** What the server says of an unchanged document replaces what it said before (RFC 9111, 3.2). */
export function freshened(kept: KeptDocument, headers: Headers): KeptDocument {
  const merged = new Headers(kept.headers);
  for (const [name, value] of headers) {
    // Of the answer itself, which has no body.
    if (!/^(content-length|content-encoding|content-type|transfer-encoding|connection)$/.test(name))
      merged.set(name, value);
  }
  return { ...kept, headers: merged };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
