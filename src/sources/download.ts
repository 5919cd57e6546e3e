import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Interrupted, UpstreamError } from '../model/error.ts';

export interface Artefact {
  /** Hexadecimal. */
  sha256: string;
  /** Bytes. */
  size: number;
}

/** Seconds without a byte after which a server is given up. */
const silence = 30;

/**
 * Brings the artefact to `file` from the first URL that has it; a file that is already there is verified first, and
 * nobody is asked for URLs then.
 * Size and digest are checked while the bytes stream, and only the right file ever stands at `file`.
 * @returns the URL it came from; undefined when it was there.
 * @throws UpstreamError (exit 3) with each URL and what it answered.
 */
export async function download(
  findUrls: () => Promise<readonly string[]>,
  artefact: Artefact,
  file: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (existsSync(file)) {
    if ((await digestOf(file)) === artefact.sha256) return undefined;
    await rm(file);
  }
  const urls = await findUrls();
  await mkdir(dirname(file), { recursive: true });
  const refusals: string[] = [];
  for (const url of urls) {
    const refusal = await fetchOne(url, artefact, file, signal);
    if (refusal === undefined) return url;
    refusals.push(`${url}: ${refusal}`);
  }
  throw new UpstreamError({
    what: `no upstream place gave the file with sha256 ${artefact.sha256}`,
    where: urls[0] ?? 'no place known',
    detail: refusals,
    next: 'Check that the place can be reached, that version and sha256 in image.yaml belong together, or set HALOBOX_DEBIAN_MIRROR to another mirror.',
  });
}

/** Why the URL did not give the artefact; undefined when it did. */
async function fetchOne(
  url: string,
  artefact: Artefact,
  file: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const partial = `${file}.${randomUUID()}.partial`;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), silence * 1000);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, stalled.signal]) });
    if (!response.ok || !response.body) return `status ${response.status} ${response.statusText}`;
    const hash = createHash('sha256');
    let size = 0;
    const check = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        timer.refresh();
        size += chunk.length;
        // No reason to take in more than was promised.
        if (size > artefact.size) throw new WrongBytes(`more than the ${artefact.size} bytes expected`);
        hash.update(chunk);
        yield chunk;
      }
      if (size !== artefact.size) throw new WrongBytes(`${size} bytes instead of ${artefact.size}`);
      const digest = hash.digest('hex');
      if (digest !== artefact.sha256) throw new WrongBytes(`sha256 ${digest} instead of ${artefact.sha256}`);
    };
    // Not a write stream: that may still be opening the file when the check fails, and make it after it was removed.
    // Nor a Node stream of the body: one that fails while the file is being opened has nobody yet who hears of it, and
    // ends the process.
    await writeFile(partial, check(response.body));
    await rename(partial, file);
    return undefined;
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if (error instanceof WrongBytes) return error.message;
    if (stalled.signal.aborted) return `no byte for ${silence} seconds`;
    // Only the network's own failures are the mirror's fault; a full disk is not.
    if (error instanceof TypeError) return causeText(error);
    throw error;
  } finally {
    clearTimeout(timer);
    await rm(partial, { force: true });
  }
}

class WrongBytes extends Error {}

function causeText(error: Error): string {
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
