import { STATUS_CODES } from 'node:http';
import { UpstreamError } from '../../model/error.ts';
import { shown } from '../listing/shown.ts';
import { withoutSecrets } from './mirrors.ts';
import { longestWait } from './retry.ts';

export interface Failed {
  /** Original place. */
  url: string;
  asked: string;
  /** Of the answer; undefined when there was none. */
  status?: number | undefined;
  /** What is wrong, where it is not the status alone. */
  what?: string;
  tries?: number;
  /** When the server wants to be asked again, milliseconds since 1970. */
  again?: number | undefined;
  /** Of a failure that another try may mend. */
  passing?: Passing | undefined;
  next?: string;
  detail?: readonly string[];
  cause?: unknown;
}

export interface Passing {
  /** Milliseconds that the server wants to be left alone. */
  pause: number | undefined;
}

/** A place did not answer, or not as it should: exit code 3, with its URL, status, and what to do. */
export class HttpError extends UpstreamError {
  /** undefined when there was no answer. */
  readonly status: number | undefined;
  readonly passing: Passing | undefined;

  constructor({ url, asked, status, what, tries = 1, again, passing, next, detail = [], cause }: Failed) {
    const original = shown(withoutSecrets(url), 1000);
    const really = shown(withoutSecrets(asked), 1000);
    const said =
      status === undefined ? undefined : `status ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
    const mirrored = original !== really;
    const more = [
      ...(mirrored ? [`asked of its mirror: ${really}`] : []),
      ...detail,
      ...(tries > 1 ? [`tried ${tries} times`] : []),
    ];
    super({
      what: what === undefined ? (said ?? 'no answer') : shown(what, 1000),
      where: what === undefined || said === undefined ? original : `${original}: ${said}`,
      ...(more.length > 0 ? { detail: more } : {}),
      next: `${next ?? nextAfter(status, again)}${mirrored ? ' The mirror is set in mirrors.yaml (HALOBOX_MIRRORS).' : ''}`,
      cause,
    });
    this.status = status;
    this.passing = passing;
  }
}

function nextAfter(status: number | undefined, again: number | undefined): string {
  if (again !== undefined) {
    return `The server wants no request for more than ${longestWait / 1000} seconds: run it again after ${new Date(again).toISOString()}.`;
  }
  if (status === undefined)
    return 'Check the network, and the proxy if there is one (HTTPS_PROXY, NO_PROXY; NODE_EXTRA_CA_CERTS for its certificate), then run it again.';
  if (status === 404 || status === 410)
    return 'Check the address: upstream has moved or removed it, or it is misspelt.';
  if (status === 401 || status === 403 || status === 407)
    return 'The place does not let this machine in: check credentials, the proxy, and whether it blocks you.';
  if (status === 429) return 'Too many requests: wait a few minutes, then run it again.';
  if (status >= 500 || status === 408)
    return 'The place has trouble of its own: run it again later, or set a mirror.';
  return 'Open the URL in a browser: a proxy may answer in its place, or it has moved.';
}
