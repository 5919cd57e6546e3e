import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A bare repository below a folder of its own, with one commit on `main` per call of `commit`. */
export interface Repository {
  /** The folder above the repository, which is called `repo.git`. */
  root: string;
  /** Runs git in the repository; @returns what it printed. */
  git(...args: string[]): string;
  /** @returns the commit that `main` is at now. */
  commit(): string;
}

export function makeRepository(): Repository {
  const root = mkdtempSync(join(tmpdir(), 'halobox-git-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const identity = { NAME: 'a', EMAIL: 'a@a.example', DATE: '2026-06-30T00:00:00Z' };
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...Object.fromEntries(
      Object.entries(identity).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    ),
  };
  const run = (cwd: string, args: readonly string[]) =>
    execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  run(root, ['init', '--quiet', '--bare', '--initial-branch=main', 'repo.git']);
  const git = (...args: string[]) => run(join(root, 'repo.git'), args);
  const tree = git('hash-object', '-t', 'tree', '-w', '/dev/null');
  let last: string | undefined;
  let count = 0;
  return {
    root,
    git,
    commit() {
      count += 1;
      last = git('commit-tree', tree, '-m', `commit ${count}`, ...(last ? ['-p', last] : []));
      git('update-ref', 'refs/heads/main', last);
      return last;
    },
  };
}

/** git's own server for HTTP over the repositories below `root`: https://git-scm.com/docs/git-http-backend */
export async function serveGit(
  root: string,
  instead?: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<{ url: string; requests: IncomingMessage[]; server: Server }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    if (!instead?.(request, response)) answer(root, request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(() => closed()));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/repo.git`, requests, server };
}

function answer(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'http://a.example');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      GIT_PROTOCOL: request.headers['git-protocol'] as string | undefined,
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.on('close', () => {
    const whole = Buffer.concat(chunks);
    const end = whole.indexOf('\r\n\r\n');
    const headers = whole
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(': ', 2) as [string, string]);
    const { Status: status = '200', ...others } = Object.fromEntries(headers);
    response.writeHead(Number.parseInt(status, 10), others).end(whole.subarray(end + 4));
  });
}
