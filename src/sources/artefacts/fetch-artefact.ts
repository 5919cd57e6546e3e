import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { HttpClient } from '../http/http.ts';
import { Partial } from './partial.ts';
import { rangeHeaders, samePlace } from './ranges.ts';
import { type Progress, type Received, receive, type Sought, StartAnew } from './receive.ts';

/** Bytes that a connection must bring before it is cut, so that the tries start anew. */
const worthwhile = 2 ** 20;

/** A file that changes under way this often is being written. */
const mostBeginnings = 3;

/**
 * Brings one file from one URL into the cache; what an earlier run has of it is continued.
 * @param progress bytes that are there, and the whole where it is known.
 * @returns 'unchanged' when what is known still stands.
 * @throws UpstreamError (exit 3).
 */
export async function fetchArtefact(
  cache: string,
  http: Pick<HttpClient, 'stream'>,
  sought: Sought,
  progress: Progress,
  signal: AbortSignal,
): Promise<Received | 'unchanged'> {
  const { url, sha256, size, known } = sought;
  const name = createHash('sha256')
    .update(JSON.stringify([url, sha256, size]))
    .digest('hex');
  const partial = await Partial.open(join(cache, 'fetching'), name, signal);
  const isKnown = (asked: string) => known !== undefined && samePlace(known.asked, asked);
  const asking = {
    progress: worthwhile,
    headers: (asked: string) => ({
      accept: '*/*',
      // Digests are over the bytes as they are.
      'accept-encoding': 'identity',
      ...(isKnown(asked) ? Object.fromEntries([known!.condition]) : {}),
      ...(partial.about && samePlace(partial.about.asked, asked)
        ? rangeHeaders(partial.length, partial.about.validator)
        : {}),
    }),
    takes: (status: number, asked: string) =>
      status === 200 ||
      (partial.length > 0 && (status === 206 || status === 416)) ||
      (status === 304 && isKnown(asked)),
  };
  try {
    for (let tries = 1; ; tries++) {
      try {
        return await http.stream(url, asking, async (answer) =>
          answer.status === 304 ? 'unchanged' : receive(partial, answer, sought, cache, progress),
        );
      } catch (error) {
        if (!(error instanceof StartAnew)) throw error;
        if (tries === mostBeginnings) throw error.final();
        await partial.empty();
      }
    }
  } finally {
    await partial.close();
  }
}
