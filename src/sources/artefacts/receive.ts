import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Answer } from '../http/http.ts';
import { HttpError } from '../http/http-error.ts';
import { NetworkFailure } from '../http/transport.ts';
import { type KeptFile, keptPlace } from './kept.ts';
import type { Partial } from './partial.ts';
import { readContentRange, strongValidator } from './ranges.ts';
import type { Remembered } from './remembered.ts';

export interface Sought {
  /** Original place. */
  url: string;
  /** Hexadecimal. */
  sha256: string | undefined;
  /** Bytes. */
  size: number | undefined;
  /** What was there last time, and is still in the cache. */
  known: Remembered | undefined;
}

/** Bytes that are there, and the whole where it is known. */
export type Progress = (done: number, total: number | undefined) => void;

export interface Received extends KeptFile {
  asked: string;
  /** That the file came with. */
  headers: Headers;
}

/** What is there can't be continued: all of it is needed once more. */
export class StartAnew extends Error {
  readonly #answer: Answer;

  constructor(answer: Answer) {
    super('it is another file by now');
    this.#answer = answer;
  }

  final(): HttpError {
    return new HttpError({
      ...this.#answer,
      what: 'the file changes while it is fetched',
      next: 'Upstream may be writing it just now: run it again later.',
    });
  }
}

/**
 * Takes an answer's bytes behind those that are there; size and digest are checked as they stream, and only the right
 * file gets its name in the cache.
 * @throws StartAnew; HttpError (exit 3) for wrong bytes, which are thrown away; NetworkFailure.
 */
export async function receive(
  partial: Partial,
  answer: Answer,
  sought: Sought,
  cache: string,
  progress: Progress,
): Promise<Received> {
  const total = await begin(partial, answer, sought);
  const most = sought.size ?? total;
  // 416 says that there is nothing behind what is there.
  if (answer.status !== 416) {
    progress(partial.length, most);
    for await (const chunk of answer.body) {
      // No reason to take in more than was promised.
      if (most !== undefined && partial.length + chunk.length > most)
        throw await wrong(partial, answer, `more than ${most} bytes`);
      await partial.append(chunk);
      progress(partial.length, most);
    }
    if (total !== undefined && partial.length < total)
      throw new NetworkFailure('the answer ended before the end');
  }
  const { sha256, size } = sought;
  if (size !== undefined && partial.length !== size)
    throw await wrong(partial, answer, `${partial.length} bytes instead of ${size}`);
  const digest = partial.digest();
  if (sha256 !== undefined && digest !== sha256) {
    // Which part is wrong nobody can tell.
    if (answer.status !== 200) throw new StartAnew(answer);
    throw await wrong(partial, answer, `sha256 ${digest} instead of ${sha256}`);
  }
  const received = { file: keptPlace(cache, digest), sha256: digest, size: partial.length };
  await mkdir(dirname(received.file), { recursive: true });
  await partial.finish(received.file);
  return { ...received, asked: answer.asked, headers: answer.headers };
}

/** Makes sure that the answer goes on where the file ends, or empties it. @returns bytes of the whole, if told. */
async function begin(partial: Partial, answer: Answer, sought: Sought): Promise<number | undefined> {
  const total = answer.status === 200 ? await beginAnew(partial, answer) : continued(partial, answer);
  if (sought.size !== undefined && total !== undefined && total !== sought.size)
    throw await wrong(partial, answer, `${total} bytes instead of ${sought.size}`);
  return total;
}

async function beginAnew(partial: Partial, { asked, headers }: Answer): Promise<number | undefined> {
  const validator = strongValidator(headers);
  await partial.empty(validator === undefined ? undefined : { asked, validator });
  const length = headers.get('content-length');
  return length === null ? undefined : Number(length);
}

function continued(partial: Partial, answer: Answer): number | undefined {
  const range = readContentRange(answer.headers);
  const start = answer.status === 416 ? range?.total : range?.start;
  if (range === undefined || start !== partial.length) throw new StartAnew(answer);
  return range.total;
}

async function wrong(partial: Partial, answer: Answer, got: string): Promise<HttpError> {
  await partial.empty();
  return new HttpError({
    ...answer,
    what: got,
    next: 'Upstream has another file there than the one that is expected. Check that version, size and sha256 belong together before you take the new ones.',
  });
}
