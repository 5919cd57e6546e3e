import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loginsOf } from '../../registry/credentials.ts';
import { placeOf } from '../../registry/reference.ts';
import { client, listen, refusal, temporaryFolder } from '../http/fixtures.ts';
import { pinOci } from './pin.ts';

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const oci = 'application/vnd.oci.image';

const config = (architecture: string) =>
  JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [] } });
/** What a document names another one by. */
const descriptor = (kind: string, text: string) => ({
  mediaType: `${oci}.${kind}.v1+json`,
  digest: sha256(text),
  size: text.length,
});
const manifest = (architecture: string) =>
  JSON.stringify({ schemaVersion: 2, config: descriptor('config', config(architecture)), layers: [] });
const index = JSON.stringify({
  schemaVersion: 2,
  mediaType: `${oci}.index.v1+json`,
  manifests: ['arm64', 'amd64'].map((architecture) => ({
    ...descriptor('manifest', manifest(architecture)),
    platform: { architecture, os: 'linux' },
  })),
});

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A registry with one repository, library/debian. @param guard answers in its place what it likes. */
async function registry(body: string, guard?: Answer): Promise<{ host: string; asked: string[] }> {
  const asked: string[] = [];
  const base = await listen((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trimEnd());
    if (guard && guard(request, response) !== undefined) return;
    const path = request.url?.replace('/v2/library/debian/', '');
    const blobs = ['amd64', 'arm64'].map(config);
    const found = path === 'manifests/trixie' ? body : blobs.find((blob) => path === `blobs/${sha256(blob)}`);
    if (found === undefined) response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    else response.writeHead(200, { 'docker-content-digest': sha256(found) }).end(found);
  });
  return { host: base.replace('http://', ''), asked };
}

const pin = (host: string, env: NodeJS.ProcessEnv = {}, home = '/nonexistent') =>
  pinOci(`${host}/library/debian:trixie`, client(), loginsOf(env, home));

test('an index gives the manifest for linux/amd64', async () => {
  const { host, asked } = await registry(index);
  expect(await pin(host)).toEqual({
    kind: 'oci',
    version: 'trixie',
    reference: `${host}/library/debian`,
    digest: sha256(manifest('amd64')),
  });
  expect(asked).toEqual(['GET /v2/library/debian/manifests/trixie']);
});

test('a plain manifest is taken when its configuration is for linux/amd64', async () => {
  const { host } = await registry(manifest('amd64'));
  expect((await pin(host)).digest).toBe(sha256(manifest('amd64')));
  const other = await registry(manifest('arm64'));
  expect(await refusal(pin(other.host))).toContain('not for linux/amd64');
});

test.each([
  ['nothing for this processor', JSON.stringify({ manifests: [] }), /no image for linux\/amd64/],
  ['a page', '<html>', /no JSON/],
  ['something else', '{"a":1}', /neither an index nor a manifest/],
  ['a digest that is none', index.replaceAll('sha256:', 'sha256:../'), /neither an index/],
])('%s is refused', async (_, body, message) => {
  expect(await refusal(pin((await registry(body)).host))).toMatch(message);
});

test('bytes that are not what the header promises are refused', async () => {
  const { host } = await registry(index, (_, response) =>
    response.writeHead(200, { 'docker-content-digest': sha256('other') }).end(index),
  );
  expect(await refusal(pin(host))).toMatch(/its bytes are sha256:[0-9a-f]{64}, and it says sha256:/);
});

test.each([401, 403, 404, 418])('status %i is told with what to do', async (status) => {
  const { host } = await registry(index, (_, response) => response.writeHead(status).end());
  expect(await refusal(pin(host))).toContain(`status ${status}`);
});

/** Docker Hub's way: the registry names a realm, which gives a token to anybody, or to whom it knows. */
async function guarded(give: (request: IncomingMessage, response: ServerResponse) => void) {
  const realm = await listen(give);
  return await registry(index, (request, response) => {
    if (request.headers.authorization === 'Bearer t0ken') return undefined;
    const challenge = `Bearer realm="${realm}/token",service="registry.example",scope="repository:library/debian:pull"`;
    return response.writeHead(401, { 'www-authenticate': challenge }).end();
  });
}

test('a token is fetched from the realm, once', async () => {
  let query = '';
  const { host, asked } = await guarded((request, response) => {
    query = request.url ?? '';
    response.end(JSON.stringify({ token: 't0ken', expires_in: 300 }));
  });
  expect((await pin(host)).digest).toBe(sha256(manifest('amd64')));
  expect(query).toBe('/token?service=registry.example&scope=repository%3Alibrary%2Fdebian%3Apull');
  expect(asked.map((line) => line.split(' ')[2])).toEqual([undefined, 'Bearer']);
});

test('who is logged in is so at the realm too, and no error tells the secret', async () => {
  const home = temporaryFolder();
  const secret = Buffer.from('me:s3cret').toString('base64');
  let authorization = '';
  const { host } = await guarded((request, response) => {
    authorization = request.headers.authorization ?? '';
    response.writeHead(403).end();
  });
  mkdirSync(join(home, '.docker'));
  writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ auths: { [host]: { auth: secret } } }));
  const said = await refusal(pin(host, {}, home));
  expect(authorization).toBe(`Basic ${secret}`);
  expect(said).toContain('status 403');
  expect(said).not.toContain(secret);
});

test('Podman’s file comes first, and a registry that wants Basic gets it', async () => {
  const folder = temporaryFolder();
  const { host } = await registry(index, (request, response) =>
    request.headers.authorization === 'Basic YTpi'
      ? undefined
      : response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end(),
  );
  expect(await refusal(pin(host))).toContain('status 401');
  const file = join(folder, 'auth.json');
  writeFileSync(file, JSON.stringify({ auths: { [host]: { auth: 'YTpi' } } }));
  expect((await pin(host, { REGISTRY_AUTH_FILE: file })).version).toBe('trixie');
});

test.each([
  ['http://elsewhere.example/token', /without encryption/],
  ['file:///etc/passwd', /without encryption/],
])('no credentials go to %s', async (realm, message) => {
  const { host } = await registry(index, (_, response) =>
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end(),
  );
  expect(await refusal(pin(host))).toMatch(message);
});

test.each(['not json', '{}', '{"token":"a\\nb"}'])(
  'the realm that answers %j gives no token',
  async (body) => {
    const { host } = await guarded((_, response) => response.end(body));
    expect(await refusal(pin(host))).toContain('gives no token');
  },
);

test('a blob that is kept elsewhere is fetched there, without credentials', async () => {
  const seen: (string | undefined)[] = [];
  const elsewhere = await listen((request, response) => {
    seen.push(request.headers.authorization);
    response.end(config('amd64'));
  });
  const { host } = await registry(manifest('amd64'), (request, response) =>
    request.url?.includes('/blobs/')
      ? response.writeHead(307, { location: `${elsewhere}/blob?signed=1` }).end()
      : undefined,
  );
  expect((await pin(host)).digest).toBe(sha256(manifest('amd64')));
  expect(seen).toEqual([undefined]);
});

test('where names lead', () => {
  expect(placeOf('docker.io/library/debian:trixie-slim')).toEqual({
    registry: 'docker.io',
    api: 'https://registry-1.docker.io',
    name: 'library/debian',
    tag: 'trixie-slim',
  });
  expect(placeOf('127.0.0.1:5000/a:b').api).toBe('http://127.0.0.1:5000');
  expect(placeOf('ghcr.io/kyuz0/toolboxes/vllm:dev')).toMatchObject({
    api: 'https://ghcr.io',
    name: 'kyuz0/toolboxes/vllm',
  });
});
