import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { UpstreamError } from '../../model/error.ts';
import { makeCertificate } from '../http/certificate.ts';
import { makeRepository, serveGit } from './fixtures.ts';
import { lsRemote } from './ls-remote.ts';

const ask = (url: string, env: NodeJS.ProcessEnv = process.env) =>
  lsRemote(url, { options: ['--tags'] }, { signal: new AbortController().signal, env });

const failure = (url: string, env?: NodeJS.ProcessEnv): Promise<UpstreamError> =>
  ask(url, env).then(
    () => expect.unreachable(),
    (error) => error,
  );

/** Settings that lead all requests for `from` to `to`. */
const leading = (from: string, to: string) => ({
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: `url.${to}.insteadOf`,
  GIT_CONFIG_VALUE_0: from,
});

test('proxies are used; settings in the environment are not', async () => {
  const { url, requests } = await serveGit('/nonexistent', (_, response) => {
    response.writeHead(502).end();
    return true;
  });
  const settings = leading('http://a.example/', 'http://127.0.0.1:1/');
  for (const [key, value] of Object.entries(settings)) vi.stubEnv(key, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const proxy = { http_proxy: url.replace('/repo.git', ''), PATH: process.env.PATH };
  for (const env of [proxy, { ...proxy, ...settings }]) {
    const { facts } = await failure('http://a.example/repo.git', env);
    expect(facts.where).toBe('http://a.example/repo.git: status 502 Bad Gateway');
  }
  expect(requests.map(({ url: path }) => path)).toEqual(
    Array(2).fill('http://a.example/repo.git/info/refs?service=git-upload-pack'),
  );
});

test("the person's settings and logins are not used", async () => {
  const { root } = makeRepository();
  const { url, requests } = await serveGit(root, (_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="a"' }).end();
    return true;
  });
  writeFileSync(join(root, '.netrc'), 'machine 127.0.0.1 login me password secret\n');
  writeFileSync(join(root, '.gitconfig'), `[url "http://127.0.0.1:1/"]\n\tinsteadOf = ${url}\n`);
  const { facts } = await failure(url, { PATH: process.env.PATH, HOME: root });
  expect(facts.where).toBe(`${url}: status 401 Unauthorized`);
  expect(requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
});

test('no other protocol is spoken, whatever is asked or redirects there', async () => {
  const { root } = makeRepository();
  expect((await failure(`file://${root}/repo.git`)).message).toBe("transport 'file' not allowed");
  const location = `file://${root}/repo.git/info/refs?service=git-upload-pack`;
  const { url } = await serveGit(root, (_, response) => {
    response.writeHead(301, { location }).end();
    return true;
  });
  await failure(url);
});

test('only the first request may lead elsewhere', async () => {
  const repository = makeRepository();
  repository.git('tag', 'v1', repository.commit());
  const elsewhere = await serveGit(repository.root);
  const moved = await serveGit(repository.root, ({ url }, response) => {
    response.writeHead(301, { location: new URL(url ?? '', elsewhere.url).href }).end();
    return true;
  });
  expect(await ask(moved.url)).toHaveLength(1);
  const asked = elsewhere.requests.length;
  const late = await serveGit(repository.root, ({ method, url }, response) => {
    if (method === 'POST')
      response.writeHead(307, { location: new URL(url ?? '', elsewhere.url).href }).end();
    return method === 'POST';
  });
  await failure(late.url);
  expect(elsewhere.requests).toHaveLength(asked);
});

test('https does not lead back to http', async () => {
  const repository = makeRepository();
  repository.git('tag', 'v1', repository.commit());
  const { url, requests } = await serveGit(repository.root);
  const { key, cert, certFile } = makeCertificate(repository.root);
  const server = createServer({ key, cert }, (request, response) => {
    response.writeHead(301, { location: new URL(request.url ?? '', url).href }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(() => closed()));
  });
  const secure = `https://127.0.0.1:${(server.address() as AddressInfo).port}/repo.git`;
  await failure(secure, { ...process.env, GIT_SSL_CAINFO: certFile });
  expect(requests).toEqual([]);
});
