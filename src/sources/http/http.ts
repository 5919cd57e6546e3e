import type { Readable } from 'node:stream';

/** What listings need of HTTP. */
export interface Http {
  /**
   * The whole text of a document, decoded; conditional requests against the cache, so that an unchanged document costs
   * one small request.
   * @param options.most bytes, decompressed; larger documents are refused while they stream. Default: 64 MiB.
   * @returns status 200 also where the text is the cache's; `url` as in `Answer`.
   * @throws UpstreamError (exit 3) with URL, status, next.
   */
  text(
    url: string,
    options?: { accept?: string; headers?: Readonly<Record<string, string>>; most?: number },
  ): Promise<{ url: string; text: string; headers: Headers; status: number }>;
  /**
   * One request without cache, redirects not followed, body limited; for protocols that speak in statuses and headers
   * (OCI). Statuses that pass by themselves (429, 503 …) are tried again here too, and thrown when they stay.
   * @throws UpstreamError (exit 3) when there is no answer.
   */
  raw(
    url: string,
    options?: {
      method?: 'GET' | 'HEAD';
      accept?: string;
      headers?: Readonly<Record<string, string>>;
      most?: number;
    },
  ): Promise<{ url: string; status: number; headers: Headers; body: Buffer }>;
  /** Number of requests that were sent, and of those answered 304. */
  readonly counts: { sent: number; unchanged: number };
}

/** What downloads need: bodies that are never whole in memory. */
export interface HttpClient extends Http {
  /**
   * Asks, follows redirects, tries again, and hands the answer to `use`. What `use` throws ends it, but for a connection
   * that fails while `use` reads the body: then all of it is done again.
   * @throws UpstreamError (exit 3) with URL, status, next.
   */
  stream<T>(url: string, asking: Asking, use: (answer: Answer) => Promise<T>): Promise<T>;
  /**
   * For protocols that must look before they try again, with `again: false`: pauses as between tries of its own.
   * @param tries how many there were.
   * @returns whether another try may help; false at once for failures that do not pass, and after too many.
   */
  mayPass(failure: unknown, tries: number): Promise<boolean>;
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Of a request. */
export interface Body {
  /** Bytes. */
  size: number;
  /** Opened for every try. */
  open(): Readable;
}

export interface Asking {
  method?: Method;
  /** Whether no mirror will do; default: of what changes something. */
  direct?: boolean;
  body?: Body;
  /**
   * Headers of one request; called for every try and every redirect, so that a download can ask for what is missing.
   * @param asked the address that this request goes to.
   */
  headers(asked: string): Readonly<Record<string, string>>;
  /** The statuses that `use` deals with; all others become errors, or are tried again. */
  takes(status: number, asked: string): boolean;
  /** Default: true. */
  follow?: boolean;
  /** Whether it may be sent again after a failure that passes; default: true. */
  again?: boolean;
  /** Milliseconds without a byte while the answer is waited for; default: as everywhere. */
  silence?: number;
  /** Bytes after which a connection that was cut counts as progress, and the tries start anew. Default: never. */
  progress?: number;
}

export interface Answer {
  /** Where it is from in the end, after redirects: the original place and not a mirror. */
  url: string;
  /** The address that was really asked, without a password; with a mirror another one. */
  asked: string;
  status: number;
  headers: Headers;
  /** As it came over the line, still compressed; can be read once. */
  body: AsyncIterable<Buffer>;
}
