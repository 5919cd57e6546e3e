import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '../../model/error.ts';
import type { Answer, Asking, HttpClient } from './http.ts';
import { HttpError } from './http-error.ts';
import { askedOf, type Mirrors, originalOf, withoutPassword } from './mirrors.ts';
import { redirectOf } from './redirect.ts';
import { askedToWait, backOff, longestWait, mostTries, passes } from './retry.ts';
import { openSlots } from './slots.ts';
import { type Exchange, NetworkFailure, type Send } from './transport.ts';

export interface AskOptions {
  send: Send;
  mirrors: Mirrors;
  counts: { sent: number; unchanged: number };
  signal: AbortSignal;
  /** Milliseconds since 1970. */
  now: () => number;
  wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

export type Ask = Pick<HttpClient, 'stream' | 'mayPass'>;

/** Polite to one server, and enough for the indexes of one image. */
const atOnce = 6;

/** What is sent with every request. GitHub refuses requests without a name. */
const always = { 'user-agent': 'halobox' };

/** A failure that another try may mend. */
class Passing extends Error {
  readonly url: string;
  readonly asked: string;
  readonly status: number | undefined;
  /** Milliseconds that the server wants to be left alone. */
  readonly pause: number | undefined;
  /** Bytes of the body that had come. */
  readonly bytes: number;

  constructor(
    { url, asked, bytes }: { url: string; asked: string; bytes: number },
    answer: { status: number; pause: number | undefined } | undefined,
    cause?: Error,
  ) {
    super(cause?.message, { cause });
    this.url = url;
    this.asked = asked;
    this.bytes = bytes;
    this.status = answer?.status;
    this.pause = answer?.pause;
  }
}

/** The whole of asking one URL: mirrors, redirects, further tries with pauses between, a few requests at once. */
export function openAsk(options: AskOptions): Ask {
  const { signal, now, wait = pause } = options;
  const slots = openSlots(atOnce);
  const stream: Ask['stream'] = async (url, asking, use) => {
    for (let tries = 1; ; tries++) {
      try {
        return await slots(() => attempt(url, asking, use, options));
      } catch (error) {
        if (signal.aborted) throw new Interrupted();
        if (!(error instanceof Passing)) throw error;
        if (asking.progress !== undefined && error.bytes >= asking.progress) tries = 1;
        const long = isLong(error.pause);
        if (tries >= mostTries || long || asking.again === false)
          throw final(error, tries, long ? now() + error.pause! : undefined);
        await wait(backOff(tries, error.pause), signal);
      }
    }
  };
  const mayPass: Ask['mayPass'] = async (failure, tries) => {
    if (!(failure instanceof HttpError) || failure.passing === undefined) return false;
    const { pause } = failure.passing;
    if (tries >= mostTries || isLong(pause)) return false;
    await wait(backOff(tries, pause), signal);
    return true;
  };
  return { stream, mayPass };
}

function isLong(pause: number | undefined): boolean {
  return pause !== undefined && pause > longestWait;
}

async function attempt<T>(
  url: string,
  asking: Asking,
  use: (answer: Answer) => Promise<T>,
  { send, mirrors, counts, signal, now }: AskOptions,
): Promise<T> {
  const been = new Set<string>();
  for (let original = url; ; ) {
    if (signal.aborted) throw new Interrupted();
    refuseOdd(original);
    const method = asking.method ?? 'GET';
    const direct = asking.direct ?? !['GET', 'HEAD'].includes(method);
    const place = direct ? original : askedOf(mirrors, original);
    const asked = withoutPassword(place);
    const at = { url: original, asked, bytes: 0 };
    been.add(asked);
    let exchange: Exchange | undefined;
    try {
      counts.sent += 1;
      const headers = { ...always, ...openHeaders(asking.headers(asked), url, original, asked) };
      const { body: outgoing, silence } = asking;
      exchange = await send(place, { method, headers, body: outgoing, silence });
      const { status, headers: answered } = exchange;
      const target = asking.follow === false ? undefined : redirectOf(exchange, at, been);
      if (target !== undefined) {
        original = originalOf(mirrors, target, original);
        continue;
      }
      if (!asking.takes(status, asked)) {
        const pause = askedToWait(answered, now());
        if (passes(status)) throw new Passing(at, { status, pause });
        throw new HttpError({ ...at, status, again: again(pause, now()) });
      }
      const body = counted(exchange.body, at);
      return await use({ url: original, asked, status, headers: answered, body });
    } catch (error) {
      if (error instanceof NetworkFailure) throw new Passing(at, undefined, error);
      throw error;
    } finally {
      exchange?.close();
    }
  }
}

/** @throws HttpError for what is no http(s) URL, or holds a password, which would end up in locks and logs. */
function refuseOdd(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const odd =
    parsed === undefined || !/^https?:$/.test(parsed.protocol)
      ? 'the address is no http(s) URL'
      : parsed.username || parsed.password
        ? 'the address holds a user or a password'
        : undefined;
  if (odd === undefined) return;
  throw new HttpError({
    url,
    asked: url,
    what: odd,
    next: 'Correct the address; what a mirror needs to let you in belongs into mirrors.yaml.',
  });
}

/**
 * Secrets go to the origin that they are meant for and nowhere else: neither to a mirror nor where a redirect leads
 * (RFC 9110, 15.4).
 */
function openHeaders(
  headers: Readonly<Record<string, string>>,
  first: string,
  original: string,
  asked: string,
): Readonly<Record<string, string>> {
  if (asked === original && new URL(asked).origin === new URL(first).origin) return headers;
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(authorization|cookie|proxy-authorization)$/i.test(name)),
  );
}

async function* counted(body: AsyncIterable<Buffer>, at: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    at.bytes += chunk.length;
    yield chunk;
  }
}

/** A status that does not pass within a minute, such as GitHub's 403 for a limit that is used up. */
function again(pause: number | undefined, now: number): number | undefined {
  return pause === undefined ? undefined : now + pause;
}

function final(error: Passing, tries: number, until: number | undefined): HttpError {
  const { url, asked, status, cause } = error;
  const what = cause instanceof Error ? cause.message : undefined;
  return new HttpError({
    url,
    asked,
    tries,
    status,
    again: until,
    passing: { pause: error.pause },
    ...(what === undefined ? {} : { what }),
    cause,
  });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw new Interrupted();
  });
}
