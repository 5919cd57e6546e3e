import { openHttp } from '../http/open-http.ts';
import { openStore } from './open-store.ts';

/** Brings one file into a cache, as a process of its own that can be killed or measured. Prints the bytes that are there. */
const [cache = '', url = '', quiet] = process.argv.slice(2);
const { signal } = new AbortController();
const http = openHttp({ cache, mirrors: [], env: {}, signal, now: Date.now });
const progress = (done: number): void => {
  if (!quiet) console.log(done);
};
await openStore({ cache, http, signal }).bring({ urls: [url] }, { progress });
