import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { document, type Handler } from './upstream/serve.ts';
import { stackImage } from './upstream/stack.ts';
import { stackCatalog } from './upstream/stack-catalog.ts';
import { bytesOf, newestSize } from './upstream/upstream.ts';

const stack = stackCatalog();

describe('a place that is wrong', () => {
  const torch = '/nightlies/whl-multi-arch/torch/';
  const cutGzip: Handler = (_, response) => {
    const whole = gzipSync(randomBytes(20_000).toString('hex'));
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
    response.end(whole.subarray(0, 9000));
  };
  const tooMany: Handler = (_, response) => response.writeHead(429, { 'retry-after': '7200' }).end();
  const garbage: Handler = async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    const block = Buffer.alloc(2 ** 20, 'x');
    for (let sent = 0; sent < 200 && !response.destroyed; sent++)
      if (!response.write(block)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    response.end();
  };
  const page = (body: string | Buffer, type = 'text/html') => document(body, type);

  test.each([
    ['404', (_, response) => response.writeHead(404).end(), torch, /status 404/],
    ['401', (_, response) => response.writeHead(401).end(), torch, /status 401/],
    [
      'a redirect to itself',
      (request, response) => response.writeHead(302, { location: request.url }).end(),
      torch,
      /redirect/i,
    ],
    [
      'a redirect to another scheme',
      (_, response) => response.writeHead(302, { location: 'ftp://x/' }).end(),
      torch,
      /ftp/,
    ],
    ['a page of another kind', page('{"a": 1}', 'application/pdf'), torch, /neither HTML nor JSON/],
    ['broken JSON', page('{"files": [', 'application/vnd.pypi.simple.v1+json'), torch, /JSON/],
    ['broken XML', page('<ListBucketResult><Contents>', 'application/xml'), '/bucket/', /./],
    ['a proxy’s page for an index', page('<html>Please log in</html>'), torch, /./],
    ['a Release file that is none', page('hello', 'text/plain'), '/debian/dists/trixie/InRelease', /Release/],
    [
      'another registry’s answer',
      page('hello', 'text/plain'),
      '/debian/dists/trixie/main/binary-amd64/',
      /size|sha256|bytes/,
    ],
    ['a page that is cut off', cutGzip, torch, /gzip|cut|ended|unexpected end/i],
    ['too many requests for now', tooMany, torch, /status 429[\s\S]*run it again after 20/],
    ['200 MB where an index should be', garbage, torch, /longer than 64 MiB/],
    [
      'a tarball of another size',
      page('not a tarball'),
      '/bucket/therock-dist-linux-gfx1151-7.15.0a20260703',
      /13 bytes instead of 3000000/,
    ],
    [
      'a repository that is gone',
      (_, response) => response.writeHead(404).end(),
      '/git/vllm-project/',
      /github\.com\/vllm-project\/vllm.*(404|not found)/i,
    ],
  ] satisfies [string, Handler, string, RegExp][])(
    '%s is exit 3 with URL and next step, and no lock is written',
    async (_, handler, prefix, message) => {
      const before = new Map(stack.upstream.server.routes);
      stack.upstream.server.routes.set(prefix, handler);
      for (const path of [...before.keys()])
        if (path.startsWith(prefix) && path !== prefix) stack.upstream.server.routes.delete(path);
      try {
        const { exitCode, stderr, stdout } = await stack.run('resolve', 'stack');
        expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
        expect(stderr).toMatch(message);
        expect(stderr).toMatch(/https?:\/\//);
        expect(stderr).toMatch(/\n {2}next: /);
        expect(stderr).not.toMatch(/\n\s+at /);
        await expect(stack.readLock()).rejects.toThrow('ENOENT');
      } finally {
        stack.upstream.server.routes.clear();
        for (const [path, one] of before) stack.upstream.server.routes.set(path, one);
      }
      // Nothing of it is remembered.
      expect((await stack.run('resolve', 'stack')).exitCode).toBe(0);
    },
  );

  test('trouble that passes is waited for, and a download that is cut goes on where it was', async () => {
    const tarball = '/bucket/therock-dist-linux-gfx1151-7.15.0a20260703.tar.gz';
    const [index, file] = [torch, tarball].map((path) => stack.upstream.server.routes.get(path)!);
    const ranges: (string | undefined)[] = [];
    let asked = 0;
    stack.upstream.server.routes.set(torch, (request, response, url) =>
      asked++ === 0 ? response.writeHead(500).end() : index!(request, response, url),
    );
    stack.upstream.server.routes.set(tarball, async (request, response, url) => {
      ranges.push(request.headers.range);
      if (ranges.length > 1) {
        file!(request, response, url);
        return;
      }
      const whole = bytesOf(tarball.slice('/bucket/'.length), newestSize);
      response.writeHead(200, {
        etag: `"${tarball.slice('/bucket/'.length)}-1"`,
        'content-length': newestSize,
      });
      for (let at = 0; at < 2_000_000; at += 65_536)
        if (!response.write(whole.subarray(at, at + 65_536))) await once(response, 'drain');
      response.destroy();
    });
    const { exitCode } = await stack.run('resolve', 'stack');
    stack.upstream.server.routes.set(torch, index!).set(tarball, file!);
    expect([exitCode, asked]).toEqual([0, 2]);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
    const whole = bytesOf(tarball.slice('/bucket/'.length), newestSize);
    expect((await stack.readLock()).sources.sdk!.pin).toMatchObject({
      file: { sha256: createHash('sha256').update(whole).digest('hex') },
    });
  });

  test('names that a shell or a path could trip over are refused by their grammar', async () => {
    const before = stack.upstream.server.routes.get(torch)!;
    const names = ['$(id)', '`id`', '../../etc/passwd', 'a\nb', `9${'9'.repeat(10_000)}`].map(
      (version) => `torch-${version}-cp312-cp312-linux_x86_64.whl`,
    );
    const files = names.map((name) => ({
      filename: name,
      url: `../${encodeURIComponent(name)}`,
      hashes: { sha256: 'a'.repeat(64) },
    }));
    const body = JSON.stringify({ meta: { 'api-version': '1.1' }, name: 'torch', files });
    stack.upstream.server.routes.set(torch, page(body, 'application/vnd.pypi.simple.v1+json'));
    try {
      const { exitCode, stderr } = await stack.run('resolve', 'stack');
      expect(exitCode).toBe(3);
      expect(stderr).not.toContain('9'.repeat(300));
    } finally {
      stack.upstream.server.routes.set(torch, before);
    }
  });
});

describe('in the middle', () => {
  test('killed at any moment the old lock stands, and the next run is as ever', async () => {
    await stack.run('resolve', 'stack');
    const old = await readFile(stack.lockFile(), 'utf8');
    const paths = ['/nightlies/whl-multi-arch/torch/', '/bucket/', '/debian/dists/trixie/InRelease'];
    await stack.writeImage(
      stackImage.replace('suite: trixie }\n  debian', 'suite: trixie }\n  # new\n  debian'),
    );
    for (const path of paths) {
      const before = stack.upstream.server.routes.get(path)!;
      const child = stack.start(...['resolve', 'stack', '--rocm', '~7.14']);
      stack.upstream.server.routes.set(path, (_, response) => {
        child.kill('SIGKILL');
        response.destroy();
      });
      expect((await child).signal).toBe('SIGKILL');
      stack.upstream.server.routes.set(path, before);
      expect(await readFile(stack.lockFile(), 'utf8')).toBe(old);
    }
    const { exitCode } = await stack.run('resolve', 'stack', '--rocm', '~7.14');
    expect([exitCode, (await stack.readLock()).stamps]).toEqual([0, { rocm: '7.14.0' }]);
    expect(await readdir(join(stack.catalog(), 'images/stack'))).toEqual(['image.yaml', 'lock.json']);
  });

  test('two at once: one does it, the other says who is at work', async () => {
    const path = '/nightlies/whl-multi-arch/torch/';
    const before = stack.upstream.server.routes.get(path)!;
    let second: ReturnType<typeof stack.run> | undefined;
    stack.upstream.server.routes.set(path, async (request, response, url) => {
      second ??= stack.run('resolve', 'stack');
      await second;
      await before(request, response, url);
    });
    const first = await stack.run('resolve', 'stack');
    stack.upstream.server.routes.set(path, before);
    expect(first.exitCode).toBe(0);
    expect(await second).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/another halobox \(process \d+\) is resolving/),
    });
    expect((await stack.readLock()).stamps).toEqual({ rocm: '7.15.0a20260628' });
  });
});
