import { unwritable } from '../../store/unwritable.ts';
import { openAsk } from './ask.ts';
import { conditionsOf, documentFile, freshened, keepDocument, readDocument } from './documents.ts';
import type { HttpClient } from './http.ts';
import type { Mirrors } from './mirrors.ts';
import { decodeText, readBody } from './read-body.ts';
import { passes } from './retry.ts';
import { openTransport, type Patience } from './transport.ts';

export interface HttpOptions {
  /** Folder for documents that are asked for again; its `http/` is used. */
  cache: string;
  mirrors: Mirrors;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY of it are heeded. */
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Pauses between tries. @throws when the signal is aborted. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  patience?: Patience;
}

const defaultPatience: Patience = { connect: 15_000, silence: 30_000 };

/** The largest index known has 20 MiB. Bytes. */
const mostText = 64 * 2 ** 20;

/**
 * The one way to ask an upstream place over HTTP.
 * @throws InvalidInput (exit 2) for a proxy that is no URL.
 */
export function openHttp(options: HttpOptions): HttpClient {
  const { cache, mirrors, env, signal, now, wait, patience = defaultPatience } = options;
  const counts = { sent: 0, unchanged: 0 };
  const { stream, mayPass } = openAsk({
    send: openTransport(env, signal, patience),
    mirrors,
    counts,
    signal,
    now,
    wait,
  });
  return {
    counts,
    stream,
    mayPass,
    text(url, { accept = '*/*', headers = {}, most = mostText } = {}) {
      const all = { ...headers, accept };
      const file = documentFile(cache, url, all);
      const kept = readDocument(file);
      const conditions = kept && conditionsOf(kept.headers);
      const asking = {
        // Always, whatever its age: which build is the newest must not depend on when somebody looked last.
        headers: (asked: string) => ({
          ...all,
          'accept-encoding': 'gzip',
          ...(asked === kept?.asked ? conditions : {}),
        }),
        takes: (status: number, asked: string) => status === 200 || (status === 304 && asked === kept?.asked),
      };
      return stream(url, asking, async (answer) => {
        let document = kept!;
        if (answer.status === 304) {
          counts.unchanged += 1;
          document = freshened(document, answer.headers);
        } else {
          const text = decodeText(await readBody(answer, most), answer);
          document = { asked: answer.asked, url: answer.url, headers: answer.headers, text };
          keep(file, document, cache);
        }
        return { url: document.url, text: document.text, headers: document.headers, status: 200 };
      });
    },
    raw(url, { method = 'GET', accept = '*/*', headers = {}, most = mostText } = {}) {
      const asking = {
        method,
        // Digests of manifests are over the bytes as they are.
        headers: () => ({ ...headers, accept, 'accept-encoding': 'identity' }),
        takes: (status: number) => !passes(status),
        follow: false,
      };
      return stream(url, asking, async (answer) => {
        const body = method === 'HEAD' ? Buffer.alloc(0) : await readBody(answer, most);
        return { url: answer.url, status: answer.status, headers: answer.headers, body };
      });
    },
  };
}

function keep(file: string, document: Parameters<typeof keepDocument>[1], cache: string): void {
  try {
    keepDocument(file, document);
  } catch (error) {
    throw unwritable(error, cache);
  }
}
