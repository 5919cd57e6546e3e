import { z } from 'zod';
import type { Http } from '../sources/http/http.ts';
import { HttpError } from '../sources/http/http-error.ts';
import { unreadable } from '../sources/listing/unreadable.ts';
import { isLoopback, type Repository } from './reference.ts';

const tokenSchema = z.union([
  z.object({ token: z.string().min(1) }).transform(({ token }) => token),
  z.object({ access_token: z.string().min(1) }).transform(({ access_token }) => access_token),
]);

/**
 * The authorization that a registry's challenge asks for: a token from its realm, with the person's credentials where
 * there are any, else for anybody. https://distribution.github.io/distribution/spec/auth/token/
 * @param challenge the header `WWW-Authenticate` of an answer of status 401.
 * @param actions what is to be done with the repository, where the challenge does not say it.
 * @param credentials value of a Basic authorization.
 * @returns undefined when nothing would help.
 * @throws UpstreamError when the realm refuses, or is no place for credentials.
 */
export async function authorizationFor(
  challenge: string,
  { registry, name }: Repository,
  actions: 'pull' | 'pull,push' | 'pull,push,delete',
  credentials: string | undefined,
  http: Pick<Http, 'raw'>,
): Promise<string | undefined> {
  if (/^basic\b/i.test(challenge)) return credentials;
  const fields = fieldsOf(challenge);
  const realm = fields.get('realm');
  if (!/^bearer\b/i.test(challenge) || realm === undefined || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.host)))
    throw unreadable(url.href, 'the registry wants credentials to be sent there without encryption');
  const service = fields.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  // A mount needs one for each of two repositories.
  const scopes = (fields.get('scope') ?? `repository:${name}:${actions}`).split(' ').filter(Boolean);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const headers = credentials === undefined ? {} : { authorization: credentials };
  const answer = await http.raw(url.href, { headers, most: 2 ** 20 });
  if (answer.status !== 200) {
    const next = `Log in (podman login ${registry}) as somebody who may do this there, or correct the name.`;
    throw new HttpError({
      url: url.href,
      asked: url.href,
      status: answer.status,
      ...([401, 403].includes(answer.status) && { next }),
    });
  }
  const token = tokenSchema.safeParse(parsed(answer.body.toString('utf8')));
  if (!token.success || !/^[\x21-\x7e]+$/.test(token.data)) throw unreadable(url.href, 'it gives no token');
  return `Bearer ${token.data}`;
}

/** `Bearer realm="https://…",service="…"` by name; RFC 9110 section 11.6.1. */
function fieldsOf(challenge: string): Map<string, string> {
  const found = challenge.matchAll(/([a-z_]+)="([^"]*)"/gi);
  return new Map([...found].map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
