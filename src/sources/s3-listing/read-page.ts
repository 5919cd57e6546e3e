import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { unreadable } from '../listing/unreadable.ts';

/** One page of ListObjectsV2: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export interface S3Page {
  objects: readonly S3Object[];
  /** The token of the next page; undefined on the last. */
  next?: string;
}

/** Texts as the page has them; the key is decoded, and undefined when it can't be. */
export interface S3Object {
  key?: string;
  written: string;
  modified?: string | undefined;
  size?: string | undefined;
}

// Elements that are there once become texts, and so does an empty element.
const pageSchema = z.object({
  IsTruncated: z.enum(['true', 'false']),
  NextContinuationToken: z.string().max(4096).optional(),
  EncodingType: z.string().optional(),
  Contents: z
    .array(z.object({ Key: z.string(), LastModified: z.string().optional(), Size: z.string().optional() }))
    .default([]),
});
const errorSchema = z.object({ Code: z.string(), Message: z.string().default('') });

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  maxNestedTags: 10,
  isArray: (name) => name === 'Contents',
});

/** @throws UpstreamError when it is no such page, or S3 answers with an error. */
export function readS3Page(text: string, url: string): S3Page {
  const root = readXml(text, url);
  const refusal = errorSchema.safeParse(root.Error).data;
  if (refusal) throw unreadable(url, `the bucket answers ${refusal.Code}: ${refusal.Message}`);
  const { data: page, error } = pageSchema.safeParse(root.ListBucketResult);
  if (error) {
    const [issue] = error.issues;
    const where = ['ListBucketResult', ...(issue?.path ?? [])].join('.');
    throw unreadable(url, `the answer is no page of a bucket: ${where}: ${issue?.message}`);
  }
  const next = page.IsTruncated === 'true' ? page.NextContinuationToken : undefined;
  if (page.IsTruncated === 'true' && !next) {
    throw unreadable(url, 'the page says that more follows, but has no token for it');
  }
  const objects = page.Contents.map(({ Key, LastModified, Size }) => {
    const key = page.EncodingType === 'url' ? decoded(Key) : Key;
    return { written: Key, modified: LastModified, size: Size, ...(key !== undefined && { key }) };
  });
  return { objects, ...(next !== undefined && { next }) };
}

function readXml(text: string, url: string): Record<string, unknown> {
  // S3 declares no document type; without one there are no entities to expand.
  if (/<!DOCTYPE/i.test(text))
    throw unreadable(url, 'the answer is a page for people or declares a document type, no XML of a bucket');
  try {
    return parser.parse(text, true);
  } catch (error) {
    throw unreadable(url, `the answer is malformed XML: ${(error as Error).message}`);
  }
}

/** S3 encodes as forms do: a space becomes `+`, and a plus `%2B`. */
function decoded(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
