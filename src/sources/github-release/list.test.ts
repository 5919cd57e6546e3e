import { expect, test } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import { type GithubReleaseSource, githubReleaseSchema } from '../../model/source.ts';
import type { Http } from '../http/http.ts';
import { type Answer, serve } from '../listing/fixtures.ts';
import { digestOf } from '../python-index/fixtures.ts';
import { listGithubReleases } from './list.ts';
import { nextPage } from './read-page.ts';

const api = 'https://api.github.com/';
const download = 'https://github.com/owner/tool/releases/download';

function release(version: string, facts: Record<string, unknown> = {}, asset: Record<string, unknown> = {}) {
  const name = `tool-${version}-linux.tar.gz`;
  return {
    url: `${api}repos/owner/tool/releases/1`,
    tag_name: `v${version}`,
    name: `Tool ${version}`,
    draft: false,
    prerelease: false,
    created_at: '2026-06-29T20:00:00Z',
    published_at: '2026-06-30T09:15:00Z',
    body: 'What is new',
    assets: [
      {
        name: `${name}.asc`,
        browser_download_url: `${download}/v${version}/${name}.asc`,
        size: 800,
        state: 'uploaded',
      },
      {
        name,
        browser_download_url: `${download}/v${version}/${name}`,
        state: 'uploaded',
        size: 12_345,
        digest: `sha256:${digestOf(name)}`,
        ...asset,
      },
    ],
    ...facts,
  };
}

const query = (more: Partial<Record<keyof GithubReleaseSource, unknown>> = {}) =>
  githubReleaseSchema.parse({
    kind: 'github-release',
    repository: 'owner/tool',
    file: 'tool-{version}-linux.tar.gz',
    grammar: 'semver',
    ...more,
  });

const page = (releases: unknown, next?: string): Answer => ({
  body: JSON.stringify(releases),
  headers: {
    'content-type': 'application/json; charset=utf-8',
    ...(next && {
      link: `<${api}repositories/1/releases?page=1>; rel="prev", <${next}>; rel="next", <${api}x>; rel="last"`,
    }),
  },
});

async function list(answer: (url: URL) => Answer | undefined, more = {}, env: NodeJS.ProcessEnv = {}) {
  const { http, requests } = await serve(answer, api);
  return { ...(await listGithubReleases(query(more), http, env)), requests };
}

test('releases of every page, newest first by version, with digest, size and date', async () => {
  const pages = [['1.9.0', '1.10.0'], ['2.0.0-rc.1', '0.9.0'], ['1.2.0']].map((versions) =>
    versions.map((version) => release(version)),
  );
  const { candidates, passedOver, requests } = await list((url) => {
    const number = Number(url.searchParams.get('page') ?? 1);
    const next =
      number < pages.length ? `${api}repositories/1/releases?per_page=100&page=${number + 1}` : undefined;
    return page(pages[number - 1], next);
  });
  expect(requests.map(({ url }) => url)).toEqual([
    '/repos/owner/tool/releases?per_page=100',
    '/repositories/1/releases?per_page=100&page=2',
    '/repositories/1/releases?per_page=100&page=3',
  ]);
  expect(candidates.map(({ version }) => version)).toEqual(['1.10.0', '1.9.0', '1.2.0', '0.9.0']);
  const name = 'tool-1.10.0-linux.tar.gz';
  expect(candidates[0]).toEqual({
    version: '1.10.0',
    name,
    url: `${download}/v1.10.0/${name}`,
    date: '2026-06-30T09:15:00Z',
    size: 12_345,
    sha256: digestOf(name),
  });
  expect(passedOver).toMatchObject([{ version: '2.0.0-rc.1', why: expect.stringContaining('pre-release') }]);
});

test('the reasons against a release', async () => {
  const { candidates, passedOver } = await list(() =>
    page([
      release('5.0.0', { prerelease: true }),
      release('4.0.0', { draft: true, published_at: null }),
      release('3.0.0', { assets: [] }),
      release('2.0.0', {}, { state: 'starter' }),
      release('1.5.0', {}, { digest: 'sha256:short' }),
      release('1.4.0', {}, { browser_download_url: 'javascript:alert(1)' }),
      release('1.3.0', {}, { digest: null }),
      release('1.0.0$(id)'),
      release('1.0', { tag_name: 'nightly' }),
    ]),
  );
  expect(candidates.map(({ version, sha256 }) => [version, sha256])).toEqual([['1.3.0', undefined]]);
  expect(passedOver.map(({ name, why }) => [name, why])).toEqual([
    ['tool-5.0.0-linux.tar.gz', 'a pre-release, and pre-releases are not asked for'],
    ['tool-4.0.0-linux.tar.gz', 'a draft'],
    ['v3.0.0', 'the release has no file tool-3.0.0-linux.tar.gz'],
    ['tool-2.0.0-linux.tar.gz', 'its upload is not finished'],
    ['tool-1.5.0-linux.tar.gz', 'its sha256 is none'],
    ['tool-1.4.0-linux.tar.gz', 'its address is javascript:, not http'],
    ['tool-1.0.0$(id)-linux.tar.gz', '1.0.0$(id) is no semver version'],
  ]);
});

test('what GitHub marks as a pre-release counts when those are asked for', async () => {
  const { candidates } = await list(() => page([release('5.0.0', { prerelease: true })]), {
    prereleases: true,
  });
  expect(candidates).toHaveLength(1);
});

test('the token goes with every page, but to no mirror', async () => {
  const answer = (url: URL) =>
    page(
      [release('1.0.0')],
      url.searchParams.has('page') ? undefined : `${api}repositories/1/releases?page=2`,
    );
  const { http, requests } = await serve(answer, api);
  const given: (string | undefined)[] = [];
  const noting: Http = {
    ...http,
    text(url, options) {
      given.push(options?.headers?.authorization);
      return http.text(url, options);
    },
  };
  await listGithubReleases(query(), noting, { GITHUB_TOKEN: 'secret' });
  expect(given).toEqual(['Bearer secret', 'Bearer secret']);
  // The server here is a mirror of GitHub's.
  expect(requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  await listGithubReleases(query(), noting, {});
  expect(given[2]).toBeUndefined();
});

test.each([
  'https://elsewhere.example/repositories/1/releases?page=2',
  'http://api.github.com/repositories/1/releases?page=2',
  'https://api.github.com.elsewhere.example/x',
  'https://me@elsewhere.example/',
  '//elsewhere.example/x',
])('a next page at %s is not asked for', async (next) => {
  const { http, requests } = await serve(() => page([], next), api);
  const failure = listGithubReleases(query(), http, { GITHUB_TOKEN: 'secret' });
  await expect(failure).rejects.toThrow('the next page is elsewhere');
  expect(requests).toHaveLength(1);
});

test('pages that go round or never end are left', async () => {
  const round = `${api}repositories/1/releases?page=2`;
  await expect(list(() => page([], round))).rejects.toThrow('round in circles');
  let count = 0;
  const endless = list(() => {
    count += 1;
    return page([], `${round}${count}`);
  });
  await expect(endless).rejects.toThrow('more than 100 pages');
  expect(count).toBe(100);
});

test.each([
  ['<html>', /no JSON/],
  [
    '{"message": "Not Found", "documentation_url": "https://docs.github.com"}',
    /not a list of GitHub releases/,
  ],
  ['[{"tag_name": 7}]', /0\.tag_name/],
  ['[{"tag_name": "v1", "assets": {}}]', /0\.assets/],
])('%s is an error with its place', async (body, said) => {
  const error = await list(() => ({ body })).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UpstreamError);
  expect((error as UpstreamError).message).toMatch(said);
  expect((error as UpstreamError).facts.where).toBe(`${api}repos/owner/tool/releases?per_page=100`);
});

test('reads Link headers', () => {
  expect(nextPage('<https://a/?x=1,2>; rel="prev", <https://a/?x=3,4>; title="a, b"; rel="next last"')).toBe(
    'https://a/?x=3,4',
  );
  expect(nextPage('<https://a/>; rel=next')).toBe('https://a/');
  expect(nextPage('<https://a/>; rel="nextish", <https://b/>; rel="last"')).toBeUndefined();
  expect([null, '', '<', '<a', ';;;,', '<a>; rel='].map(nextPage)).toEqual(Array(6).fill(undefined));
});
