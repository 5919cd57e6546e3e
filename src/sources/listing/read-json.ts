import type { z } from 'zod';
import { unreadable } from './unreadable.ts';

/**
 * A JSON document of the given shape.
 * @param what it should be, for the message.
 * @throws UpstreamError
 */
export function readJson<T>(text: string, url: string, schema: z.ZodType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(url, `the answer is no JSON: ${(error as Error).message}`);
  }
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const [issue] = error.issues;
  throw unreadable(
    url,
    `the answer is not ${what}: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`,
  );
}
