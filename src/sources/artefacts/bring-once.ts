import type { HaloboxError } from '../../model/error.ts';
import { openHttp } from '../http/open-http.ts';
import { openStore } from './open-store.ts';

/**
 * Brings one file into a cache, as a process of its own that can be killed or measured. Prints
 * the bytes that are there; a failure on stderr.
 */
const [cache = '', url = '', quiet] = process.argv.slice(2);
const { signal } = new AbortController();
const http = openHttp({ cache, mirrors: [], env: {}, signal, now: Date.now });
const progress = (done: number): void => {
  if (!quiet) console.log(done);
};
try {
  await openStore({ cache, http, signal }).bring({ urls: [url] }, { progress });
} catch (error) {
  const { exitCode, facts } = error as HaloboxError;
  console.error(JSON.stringify({ exitCode, facts: { ...facts, cause: undefined } }));
  process.exitCode = exitCode;
}
