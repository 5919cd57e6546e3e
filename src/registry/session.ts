import { z } from 'zod';
import type { Answer, Asking, HttpClient } from '../sources/http/http.ts';
import { HttpError } from '../sources/http/http-error.ts';
import { readBody } from '../sources/http/read-body.ts';
import { passes } from '../sources/http/retry.ts';
import { shown } from '../sources/listing/shown.ts';
import { authorizationFor } from './authorize.ts';
import type { Credentials } from './credentials.ts';
import type { Repository } from './reference.ts';

/** Requests to one repository, with the authorization that it asks for. */
export interface Session {
  readonly repository: Repository;
  /** Of the repository's API, e.g. `manifests/latest`. */
  url(path: string): string;
  /** As `HttpClient.stream`; what is not taken becomes an UpstreamError in the registry's words. */
  stream: HttpClient['stream'];
  mayPass: HttpClient['mayPass'];
}

const challenged = Symbol('challenged');

export function openSession(repository: Repository, http: HttpClient, credentials: Credentials): Session {
  const { registry, api, name } = repository;
  const { origin } = new URL(api);
  const known = new Map<Action, string>();

  const stream: Session['stream'] = async (url, asking, use) => {
    const action = actionOf(asking.method);
    const attempt = (again: boolean) => {
      const authorization = known.get(action);
      const asks = ({ status, asked }: { status: number; asked: string }) =>
        status === 401 && !again && new URL(asked).origin === origin;
      return http.stream(
        url,
        {
          // What changes something and is sent elsewhere has to be looked at first.
          follow: action === 'pull',
          ...asking,
          headers: (asked) => ({
            ...asking.headers(asked),
            // An upload may lead to another place, which gets no credentials of ours.
            ...(authorization !== undefined && new URL(url).origin === origin && { authorization }),
          }),
          takes: (status) => !passes(status),
        },
        async (answer) => {
          if (asks(answer)) return { [challenged]: answer.headers.get('www-authenticate') ?? '' };
          if (!asking.takes(answer.status, answer.asked)) throw await refused(answer, registry);
          return use(answer);
        },
      );
    };
    const first = await attempt(false);
    if (!isChallenge(first)) return first;
    const authorization = await authorizationFor(
      first[challenged],
      repository,
      action,
      credentials(repository),
      http,
    );
    if (authorization === undefined) known.delete(action);
    else known.set(action, authorization);
    return (await attempt(true)) as Exclude<Awaited<ReturnType<typeof attempt>>, Challenge>;
  };
  return { repository, url: (path) => `${api}/v2/${name}/${path}`, stream, mayPass: http.mayPass };
}

interface Challenge {
  [challenged]: string;
}

function isChallenge(value: unknown): value is Challenge {
  return typeof value === 'object' && value !== null && challenged in value;
}

type Action = Parameters<typeof authorizationFor>[2];

function actionOf(method: Asking['method'] = 'GET'): Action {
  if (method === 'GET' || method === 'HEAD') return 'pull';
  return method === 'DELETE' ? 'pull,push,delete' : 'pull,push';
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
const errorsSchema = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().optional() })),
});

async function refused(answer: Answer, registry: string): Promise<HttpError> {
  const { url, asked, status } = answer;
  const next = [401, 403].includes(status)
    ? `Log in (podman login ${registry}), or correct the name: registries say so too of what is not there.`
    : undefined;
  const detail = await wordsOf(answer);
  return new HttpError({ url, asked, status, detail, ...(next !== undefined && { next }) });
}

async function wordsOf(answer: Answer): Promise<string[]> {
  try {
    const body = await readBody(answer, 64 * 1024);
    const { errors } = errorsSchema.parse(JSON.parse(body.toString('utf8')));
    return errors.slice(0, 3).map(({ code, message = '' }) => shown(`${code}: ${message}`, 200));
  } catch {
    return [];
  }
}
