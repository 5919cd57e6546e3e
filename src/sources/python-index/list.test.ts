import { expect, test } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import { type PythonIndexSource, pythonIndexSchema } from '../../model/source.ts';
import { serve, whys } from '../listing/fixtures.ts';
import { digestOf, type FixtureFile, file, simpleHtml, simpleJson, torchFiles } from './fixtures.ts';
import { listPythonIndex, readPage } from './list.ts';

const json = 'application/vnd.pypi.simple.v1+json';
type Form = [name: string, page: typeof simpleHtml, type: string];
const forms: [Form, Form] = [
  ['HTML', simpleHtml, 'text/html; charset=utf-8'],
  ['JSON', simpleJson, json],
];

const query = (index: string, more: Partial<Record<keyof PythonIndexSource, unknown>> = {}) =>
  pythonIndexSchema.parse({
    kind: 'python-index',
    index,
    project: 'torch',
    python: '3.12',
    stamp: 'local',
    ...more,
  });

async function list(
  files: readonly FixtureFile[],
  more: Partial<Record<keyof PythonIndexSource, unknown>> = {},
  [, page, type]: Form = forms[0],
) {
  const { base, http } = await serve(({ pathname }) =>
    pathname === '/whl/torch/'
      ? { body: page('torch', files), headers: { 'content-type': type } }
      : undefined,
  );
  return listPythonIndex(query(`${base}whl`, more), http);
}

test.each(forms)(
  '%s: newest first, with digest, stamp and day; everything else with its reason',
  async (...form) => {
    const { candidates, passedOver } = await list(
      torchFiles(),
      { versions: '>=2.10,<2.12', prereleases: true },
      form,
    );
    expect(candidates.map(({ version, stamp, date }) => [version, stamp, date])).toEqual([
      ['2.11.0+rocm7.15.0a20260701', '7.15.0a20260701', '2026-07-01'],
      ['2.11.0+rocm7.14.0', '7.14.0', undefined],
      ['2.11.0+rocm7.14.0a20260630', '7.14.0a20260630', '2026-06-30'],
      ['2.11.0+rocm7.14.0a20260629', '7.14.0a20260629', '2026-06-29'],
      ['2.11.0+rocm7.14.0a20260628', '7.14.0a20260628', '2026-06-28'],
      ['2.10.0+rocm7.14.0', '7.14.0', undefined],
    ]);
    const [, stable] = candidates;
    expect(stable?.name).toBe('torch-2.11.0+rocm7.14.0-cp312-cp312-linux_x86_64.whl');
    expect(stable?.url).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/whl\/torch-2\.11\.0%2Brocm7\.14\.0-cp312-cp312-linux_x86_64\.whl$/,
    );
    expect(stable?.sha256).toBe(digestOf(stable!.name));
    expect(whys(passedOver)).toMatchObject({
      'torch-2.12.0a20260630+rocm7.15.0a20260630-cp312-cp312-linux_x86_64.whl':
        'not in the range >=2.10,<2.12',
      'torch-2.12.0+rocm7.14.0-cp312-cp312-linux_x86_64.whl': 'yanked: wrong <rpath> & more',
      'torch-2.11.0+rocm7.15.0a20260702-cp310-cp310-linux_x86_64.whl': 'for cp310-cp310, not cp312',
      'torch-2.11.0+rocm7.14.0-cp312-cp312-win_amd64.whl': 'for win_amd64',
      'torch-2.9.1+rocm7.14.0-cp312-cp312-linux_x86_64.whl': 'requires Python >=3.9,<3.12, not 3.12',
      'torch-2.11.0.tar.gz': 'a source distribution, no wheel',
      'torch-nightly-cp312-cp312-linux_x86_64.whl': 'nightly is no pep440 version',
      'torchvision-0.26.0+rocm7.14.0-cp312-cp312-linux_x86_64.whl': 'a wheel of torchvision',
    });
    expect(candidates.length + passedOver.length).toBe(torchFiles().length);
    // Newest first, names without a version last.
    expect(passedOver[0]?.version).toBe('2.12.0+rocm7.14.0');
  },
);

test('a wheel with the stamp of a nightly is one, though PEP 440 takes it for a release', async () => {
  const { candidates, passedOver } = await list(torchFiles(), { versions: '>=2.10' });
  expect(candidates.map(({ version }) => version)).toEqual(['2.11.0+rocm7.14.0', '2.10.0+rocm7.14.0']);
  expect(whys(passedOver)).toMatchObject({
    'torch-2.11.0+rocm7.14.0a20260630-cp312-cp312-linux_x86_64.whl':
      'a pre-release, and pre-releases are not asked for',
    'torch-2.12.0a20260630+rocm7.15.0a20260630-cp312-cp312-linux_x86_64.whl':
      'a pre-release, and pre-releases are not asked for',
  });
});

test('both forms say the same', async () => {
  const [html, other] = await Promise.all(forms.map((form) => list(torchFiles(), {}, form)));
  const named = ({ candidates, passedOver }: NonNullable<typeof html>) => [
    candidates.map(({ url: _, ...rest }) => rest),
    passedOver,
  ];
  expect(named(html!)).toEqual(named(other!));
});

test('asks for both forms, by the normalised name with a slash', async () => {
  const { base, http, requests } = await serve(() => ({
    body: simpleJson('rocm-sdk-core', []),
    headers: { 'content-type': json },
  }));
  expect(await listPythonIndex(query(`${base}a/whl/`, { project: 'Rocm_SDK.core' }), http)).toEqual({
    candidates: [],
    passedOver: [],
  });
  expect(requests[0]?.url).toBe('/a/whl/rocm-sdk-core/');
  expect(requests[0]?.headers.accept).toContain(json);
  expect(requests[0]?.headers.accept).toContain('text/html');
});

test('JSON tells size and time of upload', async () => {
  const name = 'torch-2.11.0-py3-none-any.whl';
  const { candidates } = await list(
    [file(name, { size: 5, uploaded: '2026-06-30T09:15:00.5Z' })],
    {},
    forms[1],
  );
  expect(candidates[0]).toMatchObject({ size: 5, date: '2026-06-30T09:15:00.500Z' });
});

test('a redirect and a <base href> move what links are relative to', async () => {
  const name = 'torch-2.11.0-py3-none-any.whl';
  const { base, http } = await serve(({ pathname }) => {
    if (pathname === '/old/torch/')
      return { body: '', status: 302, headers: { location: '/new/deep/torch/' } };
    const head = pathname === '/based/torch/' ? '<head><base href="/cdn/"></head>' : '';
    return { body: `<html>${head}<a href="${name}">x</a>`, headers: { 'content-type': 'text/html' } };
  });
  const url = async (index: string) => (await listPythonIndex(query(base + index), http)).candidates[0]?.url;
  expect(await url('old')).toBe(`${base}new/deep/torch/${name}`);
  expect(await url('based')).toBe(`${base}cdn/${name}`);
});

test.each(forms)('%s: names that could hurt are no candidates', async (...form) => {
  const files = [
    'torch-2.11.0$(id)-py3-none-any.whl',
    'torch-2.11.0;id-py3-none-any.whl',
    'torch-2.11.0`id`-py3-none-any.whl',
    'torch-2.11.0\nid-py3-none-any.whl',
    '../../torch-2.11.0-py3-none-any.whl',
    'torch-../2.11.0-py3-none-any.whl',
    `torch-${'1'.repeat(10_000)}-py3-none-any.whl`,
    `torch-${'1'.repeat(1000)}-py3-none-any.whl`,
    'torch-2.11.0\u001b[2J-py3-none-any.whl',
    'torch-2.11.0-\u202epy3-none-any.whl',
    'torch-2.11.0\u0000-py3-none-any.whl',
  ].map((name) => file(name));
  const { candidates, passedOver } = await list(files, { prereleases: true }, form);
  expect(candidates).toEqual([]);
  expect(passedOver).toHaveLength(files.length);
  for (const { name, why } of passedOver) {
    expect(`${name}${why}`).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
    expect(name.length + why.length).toBeLessThan(500);
  }
});

test('a digest that is none, an address elsewhere, a malformed entry cost that file alone', async () => {
  const good = 'torch-2.11.0-py3-none-any.whl';
  const html = `<a href="torch-2.11.1-py3-none-any.whl#sha256=short">x</a><a href="ftp://x.example/torch-2.11.2-py3-none-any.whl">
    x</a><a href="${good}#md5=abc">x</a><a href="mailto:x@example.org">x</a><a name="top">`;
  const page = readPage(html, 'https://a.example/torch/', 'text/html');
  expect(page.files.map(({ name, sha256 }) => [name, sha256])).toEqual([[good, undefined]]);
  expect(page.refused.map(({ why }) => why)).toEqual([
    'its sha256 is none',
    'its address is ftp:, not http',
    'its address is mailto:, not http',
  ]);
  const entries = [
    { filename: good, url: good, hashes: {}, size: 'many', 'upload-time': 'today' },
    { filename: good },
    7,
    { filename: good, url: `other-${good}` },
    { filename: good, url: good, hashes: { sha256: 'x' } },
    { filename: good, url: `http://a.example/${good}` },
  ];
  const other = readPage(
    JSON.stringify({ meta: { 'api-version': '1.3', new: 1 }, files: entries }),
    'https://a.example/torch/',
    `${json}; charset=utf-8`,
  );
  expect(other.files).toMatchObject([{ name: good, size: undefined, date: undefined }]);
  expect(other.refused.map(({ why }) => why)).toEqual([
    'its entry is malformed at url',
    'its entry is malformed at its top',
    'its address ends in another name',
    'its sha256 is none',
    'its address leads from https back to http',
  ]);
});

test.each([
  ['text/html', '<html><title>Sign in</title><a href="/login">Sign in</a>', /no links to files/],
  ['text/html', '', /no links to files/],
  ['text/html', '{"files": []}', /no links to files/],
  ['application/xml', '<Error/>', /is application\/xml, neither/],
  [json, '<html>', /no JSON/],
  [json, '{"meta": {"api-version": "1.0"}', /no JSON/],
  [json, '[]', /not a project of a simple index/],
  [json, '{"meta": {"api-version": "1.0"}, "files": {}}', /files/],
  [json, '{"meta": {"api-version": "2.0"}, "files": []}', /version 2\.0 .* not known/],
  [json, '['.repeat(1 << 20), /no JSON/],
])('%s %j is no index', (type, body, said) => {
  const url = 'https://a.example/torch/';
  const failure = (() => {
    try {
      return readPage(body, url, type);
    } catch (error) {
      return error;
    }
  })() as UpstreamError;
  expect(failure).toBeInstanceOf(UpstreamError);
  expect(failure.exitCode).toBe(3);
  expect(failure.message).toMatch(said);
  expect(failure.facts.where).toBe(url);
  expect(failure.facts.next).toBeTruthy();
});
