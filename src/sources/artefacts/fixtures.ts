import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { client, listen } from '../http/fixtures.ts';
import type { HttpOptions } from '../http/open-http.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';

/** A file that upstream has, and how it gives it away. */
export class Upstream {
  base = '';
  bytes: Buffer;
  headers: Record<string, string> = { etag: '"1"' };
  /** Whether it heeds Range and If-Range. */
  ranges = true;
  /** Bytes of a body after which the connection is cut; one for each answer, then none. Needs `progress`. */
  cuts: number[] = [];
  #held: { response: ServerResponse; until: number } | undefined;
  /** What was asked: method and Range. */
  readonly asked: string[] = [];
  /** Called with each request before the answer; `true`: it answers itself. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;

  private constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  static async start(bytes: Buffer): Promise<Upstream> {
    const upstream = new Upstream(bytes);
    upstream.base = await listen((request, response) => upstream.#answer(request, response));
    return upstream;
  }

  get sha256(): string {
    return sha256(this.bytes);
  }

  /** To be told what has arrived: what is cut must not take bytes with it that are still on their way. */
  readonly progress = (done: number): void => {
    if (this.#held && done >= this.#held.until) {
      this.#held.response.destroy();
      this.#held = undefined;
    }
  };

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { range, 'if-range': ifRange, 'if-none-match': noneMatch } = request.headers;
    this.asked.push(range ?? 'all');
    if (this.before(request, response)) return;
    const { etag, 'last-modified': date } = this.headers;
    const unchanged = etag ? noneMatch === etag : date && request.headers['if-modified-since'] === date;
    if (unchanged) return void response.writeHead(304, this.headers).end();
    const total = this.bytes.length;
    const start = this.ranges && ifRange === (etag ?? date) ? Number(/\d+/.exec(range ?? '0')![0]) : 0;
    if (start >= total && start > 0) {
      return void response.writeHead(416, { ...this.headers, 'content-range': `bytes */${total}` }).end();
    }
    const part = this.bytes.subarray(start);
    const cut = this.cuts.shift();
    // Without a length, the client can't tell that nothing more would have come.
    const length = cut === part.length ? this.headers : { ...this.headers, 'content-length': part.length };
    if (start === 0) response.writeHead(200, length);
    else response.writeHead(206, { ...length, 'content-range': `bytes ${start}-${total - 1}/${total}` });
    if (cut === undefined) return void response.end(part);
    this.#held = { response, until: start + cut };
    response.write(part.subarray(0, cut));
  }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A store of its own in `cache`, as each run of the program has one. */
export function store(cache: string, options: Partial<HttpOptions> = {}): Store {
  const signal = options.signal ?? new AbortController().signal;
  return openStore({ cache, http: client({ cache, ...options }), signal });
}

/** Everything below the cache's folders that hold files or what is left of them. */
export function left(cache: string): string[] {
  const names = (folder: string): string[] => {
    try {
      return readdirSync(join(cache, folder)).map((name) => `${folder}/${name}`);
    } catch {
      return [];
    }
  };
  return [...names('sha256'), ...names('fetching')];
}
