import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { Interrupted, UpstreamError } from '../../model/error.ts';
import { makeRepository, serveGit } from './fixtures.ts';
import { lsRemote } from './ls-remote.ts';
import type { GitAccess } from './run-git.ts';

const access: GitAccess = { signal: new AbortController().signal, env: process.env };
const asked = { options: ['--tags'] };

async function failure(url: string, more: Partial<GitAccess> = {}): Promise<UpstreamError> {
  const error = await lsRemote(url, asked, { ...access, ...more }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UpstreamError);
  return error as UpstreamError;
}

/** A server that gives every request this status. */
async function always(status: number, headers: Record<string, string> = {}): Promise<string> {
  const { url } = await serveGit('/nonexistent', (_, response) => {
    response
      .writeHead(status, headers)
      .end(`a page <b>for people</b>\u001b[31m${'\nmore of it'.repeat(100)}`);
    return true;
  });
  return url;
}

test.each([
  [404, 'Not Found', /not found$/, /^Check the URL: the repository has moved/],
  [401, 'Unauthorized', /could not read Username/, /only public repositories/],
  [403, 'Forbidden', /error: 403$/, /only public repositories/],
  [429, 'Too Many Requests', /error: 429$/, /^Too many requests/],
  [500, 'Internal Server Error', /error: 500$/, /run it again later/],
])('status %i is an error of upstream with its URL and what to do', async (status, name, what, next) => {
  const url = await always(status, status === 401 ? { 'www-authenticate': 'Basic realm="a"' } : {});
  const { exitCode, message, facts } = await failure(url);
  expect(exitCode).toBe(3);
  expect(message).toMatch(what);
  expect(facts.where).toBe(`${url}: status ${status} ${name}`);
  expect(facts.next).toMatch(next);
});

test('what is no repository, and nobody there', async () => {
  const { message } = await failure(await always(200, { 'content-type': 'text/html' }));
  expect(message).toMatch(/not valid: is this a git repository/);
  const { message: refused, facts } = await failure('http://127.0.0.1:1/repo.git');
  expect(refused).toMatch(/127\.0\.0\.1/);
  expect(facts.where).toBe('http://127.0.0.1:1/repo.git');
  expect(facts.next).toMatch(/^Check the network/);
});

test('the mirror that was asked is told, without its password', async () => {
  const url = await always(500);
  const mirror = url.replace('//', '//me:secret@');
  const error = await failure('https://github.com/a/b', { mirrors: () => mirror });
  expect(error.facts.where).toMatch(/^https:\/\/github\.com\/a\/b: status 500/);
  expect(error.facts.detail).toEqual([`asked of its mirror: ${url}`]);
  expect(JSON.stringify(error.facts) + error.message).not.toContain('secret');
});

test('a server that does not go on is left, by git and at last by us', async () => {
  const hang = () => true;
  const { url } = await serveGit('/nonexistent', hang);
  expect((await failure(url, { patience: { silence: 1, whole: 60 } })).message).toMatch(/too slow/i);
  const { message } = await failure(url, { patience: { silence: 60, whole: 1 } });
  expect(message).toBe('no answer within 1 seconds');
});

test('who stops it is heard, and nothing of git stays', async () => {
  const stop = new AbortController();
  let closed: Promise<unknown> | undefined;
  const { url } = await serveGit('/nonexistent', (request) => {
    closed = new Promise((resolve) => request.socket.once('close', resolve));
    stop.abort();
    return true;
  });
  await expect(lsRemote(url, asked, { ...access, signal: stop.signal })).rejects.toBeInstanceOf(Interrupted);
  await closed;
  await expect(lsRemote(url, asked, { ...access, signal: stop.signal })).rejects.toBeInstanceOf(Interrupted);
});

const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
const hash = 'a'.repeat(40);

/** A server of the old protocol that says what it likes. */
async function saying(refs: readonly string[]): Promise<string> {
  const body = [line('# service=git-upload-pack\n'), '0000', ...refs.map(line), '0000'].join('');
  const { url } = await serveGit('/nonexistent', (_, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' }).end(body);
    return true;
  });
  return url;
}

test('a line that is no ref ends it', async () => {
  const url = await saying([`${hash} refs/tags/v1\0agent=a\n`, `${hash} refs/tags/v2\n$(id)\n`]);
  // git itself finds it, and repeats it.
  expect((await failure(url)).message).toBe('malformed response in ref list: $(id)');
});

test('a repository that lists too much is left', async () => {
  const long = 'x'.repeat(60_000);
  const url = await saying(Array.from({ length: 1200 }, (_, index) => `${hash} refs/tags/${index}${long}\n`));
  expect((await failure(url)).message).toBe('the repository answers with more than 67108864 bytes');
});

test('without git it says what to install', async () => {
  const env = { PATH: '/nonexistent' };
  await expect(lsRemote('http://127.0.0.1:1/', asked, { ...access, env })).rejects.toMatchObject({
    exitCode: 1,
    facts: { next: expect.stringContaining('Install git') },
  });
});

test('a repository of longer digests is refused', async () => {
  const repository = makeRepository();
  const { execFileSync } = await import('node:child_process');
  execFileSync('git', ['init', '--quiet', '--bare', '--object-format=sha256', 'long.git'], {
    cwd: repository.root,
  });
  const long = `${repository.root}/long.git`;
  const tree = execFileSync('git', ['-C', long, 'hash-object', '-t', 'tree', '-w', '/dev/null'], {
    encoding: 'utf8',
  }).trim();
  execFileSync('git', ['-C', long, 'update-ref', 'refs/tags/v1', tree]);
  const { url } = await serveGit(repository.root);
  const { message } = await failure(url.replace('repo.git', 'long.git'));
  expect(message).toMatch(/no ref with a commit of 40 digits|algorithm/);
});
