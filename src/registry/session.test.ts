import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { listen, refusal, temporaryFolder } from '../sources/http/fixtures.ts';
import { blobOf } from './blobs.ts';
import { loginsOf } from './credentials.ts';
import { openOn, TestRegistry } from './fixtures.ts';

const blob = blobOf(Buffer.from('a small blob'));
const login = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;

let server: TestRegistry;
/** Scopes that tokens were asked for, with the login that came along. */
let granted: string[];
let tokens: string;
beforeEach(async () => {
  server = await TestRegistry.start();
  granted = [];
  tokens = await listen((request, response) => {
    const scopes = new URL(request.url!, 'http://x').searchParams.getAll('scope');
    granted.push(`${scopes.join(' + ')} ${request.headers.authorization === login ? 'me' : 'anybody'}`);
    response.end(JSON.stringify({ token: `t-${scopes.join('+')}` }));
  });
});

/** As Docker's: reading and writing have scopes of their own, which the challenge names. */
function wantTokens(actions?: string): void {
  server.fault = (request, response, path) => {
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const from = new URL(path, 'http://x').searchParams.get('from');
    const scope =
      `repository:team/cache:${actions ?? (reads ? 'pull' : 'pull,push')}` +
      (from === null ? '' : ` repository:${from}:pull`);
    if (request.headers.authorization === `Bearer t-${scope.replace(' ', '+')}`) return false;
    const challenge = `Bearer realm="${tokens}/token",service="registry",scope="${scope}"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end('{"errors":[{"code":"UNAUTHORIZED"}]}');
    return true;
  };
}

test('a token for reading and another one for writing, each asked for once', async () => {
  wantTokens();
  const registry = server.open('team/cache', () => login);
  await registry.putBlob(blob);
  await registry.putBlob(blobOf(Buffer.from('another')));
  expect(granted).toEqual(['repository:team/cache:pull me', 'repository:team/cache:pull,push me']);
  expect(server.blobs.get(blob.digest)?.toString()).toBe('a small blob');
});

test('anybody, where nobody logged in', async () => {
  wantTokens();
  expect(await server.open().getManifest('latest')).toBeUndefined();
  expect(granted).toEqual(['repository:team/cache:pull anybody']);
});

test('a realm that gives nothing: not to us, or no token', async () => {
  for (const [answer, status, words] of [
    ['{}', 403, /token\?scope=\S+ \| status 403 Forbidden/],
    ['{"token":"a\\nb"}', 200, /gives no token/],
    ['<html>', 200, /gives no token/],
  ] as const) {
    const realm = await listen((_, response) => response.writeHead(status).end(answer));
    const challenge = `Bearer realm="${realm}/token"`;
    server.fault = (_, response) => Boolean(response.writeHead(401, { 'www-authenticate': challenge }).end());
    expect(await refusal(server.open().tags())).toMatch(words);
  }
});

test('a mount wants two scopes', async () => {
  wantTokens();
  server.add('team/other', Buffer.from('a small blob'));
  expect(await server.open().mountBlob(blob.digest, 'team/other')).toBe(true);
  expect(granted).toEqual(['repository:team/cache:pull,push + repository:team/other:pull anybody']);
});

test('a token that has expired in the middle of an upload is replaced', async () => {
  wantTokens();
  const { fault } = server;
  let expired = false;
  server.fault = (request, response, path) => {
    if (request.method === 'PUT' && !expired) {
      expired = true;
      const challenge = `Bearer realm="${tokens}/token",scope="repository:team/cache:pull,push"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return true;
    }
    return fault(request, response, path);
  };
  await server.open().putBlob(blob);
  expect(granted).toHaveLength(3);
  expect(server.received).toBe(blob.size);
});

test('Basic, and a login that is not let in', async () => {
  server.fault = ({ headers }, response) =>
    headers.authorization !== login &&
    Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
  expect(await server.open('team/cache', () => login).hasBlob(blob.digest)).toBe(false);
  const wrong = `Basic ${Buffer.from('me:hunter3').toString('base64')}`;
  const said = await refusal(server.open('team/cache', () => wrong).getManifest('latest'));
  expect(said).toContain('status 401 Unauthorized');
  expect(said).not.toContain('hunter');
  expect(said).not.toContain(wrong.slice(6));
  await expect(server.open().getManifest('latest')).rejects.toMatchObject({
    facts: { next: expect.stringContaining(`podman login ${server.host}`) },
  });
});

test('no login goes to a realm without encryption, or where an upload leads elsewhere', async () => {
  server.fault = (_, response) =>
    Boolean(response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://realm.example/"' }).end());
  expect(await refusal(server.open('team/cache', () => login).tags())).toMatch(/without encryption/);

  const elsewhere = await TestRegistry.start();
  elsewhere.uploads.set('1', Buffer.alloc(0));
  const location = `${elsewhere.base}/v2/team/cache/blobs/uploads/1`;
  server.fault = (request, response) => {
    if (request.headers.authorization === undefined)
      return Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
    return request.method === 'POST' && Boolean(response.writeHead(202, { location }).end());
  };
  await server.open('team/cache', () => login).putBlob(blob);
  expect(elsewhere.asked).toHaveLength(1);
  expect(elsewhere.authorizations).toEqual([undefined]);
});

test('blobs are often kept elsewhere, under signed addresses, which nobody gets to see', async () => {
  const store = await listen((request, response) =>
    response.writeHead(request.headers.authorization ? 400 : 403).end('<Error/>'),
  );
  server.fault = (request, response) => {
    if (request.headers.authorization === undefined)
      return Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
    const location = `${store}/blob?X-Amz-Expires=60&X-Amz-Signature=abc123&sig=def456`;
    return Boolean(response.writeHead(307, { location }).end());
  };
  const said = await refusal(server.open('team/cache', () => login).getBlob(blob.digest));
  expect(said).toContain(`${store}/blob?X-Amz-Expires=60&X-Amz-Signature=…&sig=… `);
  expect(said).toContain('status 403');
});

test('logins: of the closest path, of either program, of Docker Hub under its old name', () => {
  const home = temporaryFolder();
  const docker = join(home, '.docker/config.json');
  const podman = join(home, 'run/containers/auth.json');
  for (const file of [docker, podman]) mkdirSync(join(file, '..'), { recursive: true });
  const file = (auths: Record<string, string>) =>
    JSON.stringify({ auths: Object.fromEntries(Object.entries(auths).map(([at, auth]) => [at, { auth }])) });
  writeFileSync(docker, file({ 'https://index.docker.io/v1/': 'aHVi', 'ghcr.io': 'ZG9ja2Vy' }));
  writeFileSync(
    podman,
    file({ 'ghcr.io': 'cG9kbWFu', 'ghcr.io/team/cache': 'Y2FjaGU=', 'odd.example': 'a b' }),
  );
  const logins = loginsOf({ XDG_RUNTIME_DIR: join(home, 'run') }, home);
  const of = (registry: string, name: string) => logins({ registry, name });
  expect(of('ghcr.io', 'team/cache/deep')).toBe('Basic Y2FjaGU=');
  expect(of('ghcr.io', 'team/other')).toBe('Basic cG9kbWFu');
  expect(of('docker.io', 'team/x')).toBe('Basic aHVi');
  expect(of('odd.example', 'x')).toBeUndefined();
  expect(of('quay.io', 'x')).toBeUndefined();
  writeFileSync(podman, 'no JSON');
  expect(of('ghcr.io', 'team/other')).toBe('Basic ZG9ja2Vy');
});

test('a registry that is not there', async () => {
  expect(await refusal(openOn('http://127.0.0.1:1', 'x', () => undefined).tags())).toMatch(/ECONNREFUSED/);
});
