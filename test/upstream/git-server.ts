import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Handler } from './serve.ts';

/** git over HTTP by git's own http-backend, https://git-scm.com/docs/git-http-backend */
export function gitHandler(prefix: string, folder: string): Handler {
  return async (request, response, url) => {
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        PATH_INFO: url.pathname.slice(prefix.length),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        REMOTE_ADDR: '127.0.0.1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    request.pipe(child.stdin);
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
    const whole = Buffer.concat(chunks);
    const end = whole.indexOf('\r\n\r\n');
    const headers = whole
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n')
      .map((line) => line.split(/: (.*)/s) as [string, string]);
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(
      Number.parseInt(status, 10),
      Object.fromEntries(headers.filter(([name]) => name !== 'Status')),
    );
    response.end(whole.subarray(end + 4));
  };
}

/** A bare repository `<name>.git`, with a commit for each entry; tags of the form `annotated:<name>` are tag objects. */
export async function writeRepository(
  folder: string,
  name: string,
  commits: readonly { text: string; tags?: readonly string[]; date: string }[],
): Promise<{ revisions: string[] }> {
  const repository = join(folder, `${name}.git`);
  mkdirSync(repository, { recursive: true });
  const git = async (args: string[], more: { input?: string; date?: string } = {}) => {
    const who = { GIT_AUTHOR_NAME: 'T', GIT_AUTHOR_EMAIL: 't@example.com' };
    const { stdout } = await execa('git', ['--git-dir', repository, ...args], {
      ...(more.input !== undefined && { input: more.input }),
      env: {
        ...who,
        GIT_COMMITTER_NAME: who.GIT_AUTHOR_NAME,
        GIT_COMMITTER_EMAIL: who.GIT_AUTHOR_EMAIL,
        ...(more.date && { GIT_AUTHOR_DATE: more.date, GIT_COMMITTER_DATE: more.date }),
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
    });
    return stdout.trim();
  };
  await git(['init', '--quiet', '--bare', '--initial-branch=main']);
  await git(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  const revisions: string[] = [];
  for (const { text, tags = [], date } of commits) {
    const blob = await git(['hash-object', '-w', '--stdin'], { input: text });
    const tree = await git(['mktree'], { input: `100644 blob ${blob}\tREADME\n` });
    const parent = revisions.at(-1);
    const commit = await git(['commit-tree', tree, '-m', 'one', ...(parent ? ['-p', parent] : [])], { date });
    revisions.push(commit);
    for (const tag of tags) {
      const [, annotated] = /^annotated:(.*)$/.exec(tag) ?? [];
      if (annotated) await git(['tag', '-a', '-m', 'release', annotated, commit], { date });
      else await git(['tag', tag, commit]);
    }
  }
  await git(['update-ref', 'refs/heads/main', revisions.at(-1)!]);
  return { revisions };
}
