export interface Http {
  /** The whole text of an index document, decoded; conditional requests against the cache, so that an unchanged document costs one small request.
   *  @throws UpstreamError (exit 3) with URL, status, next. Bodies over `most` bytes (default 64 MiB) are refused while they stream. */
  text(
    url: string,
    options?: { accept?: string; headers?: Readonly<Record<string, string>>; most?: number },
  ): Promise<{ url: string; text: string; headers: Headers; status: number }>;
  /** One request without cache, redirects not followed, body limited; for protocols that speak in statuses and headers (OCI). */
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
