import { Interrupted, UpstreamError } from '../../model/error.ts';
import { unwritable } from '../../store/unwritable.ts';
import { openSlots } from '../http/slots.ts';
import { fetchArtefact } from './fetch-artefact.ts';
import { findKept, type KeptFile } from './kept.ts';
import { recall, remember } from './remembered.ts';
import type { Brought, Store, StoreOptions, Wanted } from './store.ts';

/** More at once only take the line from each other. */
const atOnce = 3;

/** The files that were fetched, by content: a file stands at `<cache>/sha256/<digest>` whole and right, or not at all. */
export function openStore({ cache, http, signal }: StoreOptions): Store {
  const slots = openSlots(atOnce);
  const running = new Map<string, Promise<Brought>>();

  async function bring(wanted: Wanted, progress: (done: number, total: number | undefined) => void) {
    if (signal.aborted) throw new Interrupted();
    const sha256 = digestOf(wanted);
    const found = sha256 === undefined ? undefined : await findKept(cache, sha256, signal);
    if (found) return sized(found, wanted.size);
    const urls = typeof wanted.urls === 'function' ? await wanted.urls() : wanted.urls;
    const refusals: UpstreamError[] = [];
    for (const url of urls) {
      try {
        return await slots(() => bringFrom(url, sha256, wanted.size, progress));
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        refusals.push(error);
      }
    }
    throw refusals.length === 1 ? refusals[0] : noPlace(wanted, urls, refusals);
  }

  async function bringFrom(
    url: string,
    sha256: string | undefined,
    size: number | undefined,
    progress: (done: number, total: number | undefined) => void,
  ): Promise<Brought> {
    const remembered = sha256 === undefined ? recall(cache, url) : undefined;
    const kept = remembered && (await findKept(cache, remembered.sha256, signal));
    const known = kept && (size === undefined || kept.size === size) ? remembered : undefined;
    const received = await fetchArtefact(cache, http, { url, sha256, size, known }, progress, signal);
    if (received === 'unchanged') return kept!;
    const { headers, asked, ...file } = received;
    if (sha256 === undefined) remember(cache, headers, { url, asked, ...file });
    return { ...file, from: url };
  }

  return {
    bring(wanted, { progress = () => {} } = {}) {
      const { urls, sha256 } = wanted;
      const key = sha256?.toLowerCase() ?? (typeof urls === 'function' ? undefined : JSON.stringify(urls));
      const already = key === undefined ? undefined : running.get(key);
      if (already) return already;
      const work = bring(wanted, progress)
        .catch((error: unknown) => {
          throw signal.aborted ? new Interrupted() : unwritable(error, cache);
        })
        .finally(() => key !== undefined && running.delete(key));
      if (key !== undefined) running.set(key, work);
      return work;
    },
  };
}

/** @throws UpstreamError for a digest that is none: it becomes a file's name. */
function digestOf({ sha256, urls }: Wanted): string | undefined {
  const digest = sha256?.toLowerCase();
  if (digest === undefined || /^[0-9a-f]{64}$/.test(digest)) return digest;
  throw new UpstreamError({
    what: 'the sha256 is not 64 hexadecimal digits',
    where: typeof urls === 'function' ? 'sha256' : (urls[0] ?? 'sha256'),
    next: 'Check the index or the file that it is from.',
  });
}

function sized(found: KeptFile, size: number | undefined): KeptFile {
  if (size === undefined || size === found.size) return found;
  throw new UpstreamError({
    what: `the file with this sha256 has ${found.size} bytes, not ${size}`,
    where: `sha256 ${found.sha256}`,
    next: 'Size and sha256 do not belong together: check where they are from.',
  });
}

function noPlace(
  { sha256 }: Wanted,
  urls: readonly string[],
  refusals: readonly UpstreamError[],
): UpstreamError {
  return new UpstreamError({
    what: `no upstream place gave the file${sha256 === undefined ? '' : ` with sha256 ${sha256}`}`,
    where: urls[0] ?? 'no place is known',
    detail: refusals.map(({ facts }) => [facts.where, facts.what, ...(facts.detail ?? [])].join(': ')),
    next: refusals.at(-1)?.facts.next ?? 'Name a place where it can be had.',
  });
}
