import { expect, test } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import { type HtmlListingSource, htmlListingSchema } from '../../model/source.ts';
import { serve, whys } from '../listing/fixtures.ts';
import { listHtml } from './list.ts';

const names = [
  'therock-dist-linux-gfx1151-7.9.0.tar.gz',
  'therock-dist-linux-gfx1151-7.10.0.tar.gz',
  'therock-dist-linux-gfx1151-7.14.0.tar.gz',
  'therock-dist-linux-gfx1151-7.15.0a20260630.tar.gz',
  'therock-dist-linux-gfx110X-all-7.14.0.tar.gz',
  'therock-dist-linux-gfx1151-latest.tar.gz',
];

const apache = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><html><head><title>Index of /tarball</title></head><body>
<h1>Index of /tarball</h1><table><tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th>
<th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th><th><a href="?C=S;O=A">Size</a></th></tr>
<tr><td><a href="/">Parent Directory</a></td><td>&nbsp;</td><td align="right">  - </td></tr>
<tr><td><a href="old/">old/</a></td><td align="right">2026-06-01 10:00  </td><td align="right">  - </td></tr>
${names.map((name) => `<tr><td><a href="${name}">${name.slice(0, 20)}..&gt;</a></td><td align="right">2026-06-30 09:15  </td><td align="right">2.3G</td></tr>`).join('\n')}
</table></body></html>`;

const nginx = `<html>\r\n<head><title>Index of /tarball/</title></head>\r\n<body>\r\n<h1>Index of /tarball/</h1><hr><pre><a href="../">../</a>\r\n${names
  .map((name) => `<a href="${name}">${name}</a>          30-Jun-2026 09:15          2500000000`)
  .join('\r\n')}\r\n</pre><hr></body>\r\n</html>`;

/** AMD's tarball pages: the links are made by the script. */
const scripted = (list: unknown) => `
    <html><head><title>ROCm SDK nightly tarballs</title><meta charset="utf-8"/><style>a { color: #0056b3; }</style>
    <script>
        const files = ${JSON.stringify(list)};
        function applyFilter(fileList, filter) { return fileList.filter(file => file.name.includes(filter)); }
        function render(file) { li.innerHTML = \`<a href="\${href}" target="_blank">\${file.name}</a>\`; }
    </script></head><body><select id="filter"><option value="all">All</option></select><ul id="fileList"></ul></body></html>`;
const amd = scripted(
  names.map((name, index) => ({ name, mtime: 1782810900.25 + index, size: 2_500_000_000 })),
);

const query = (url: string, more: Partial<Record<keyof HtmlListingSource, unknown>> = {}) =>
  htmlListingSchema.parse({
    kind: 'html-listing',
    url,
    file: 'therock-dist-linux-gfx1151-{version}.tar.gz',
    ...more,
  });

async function list(body: string, more = {}, type = 'text/html; charset=utf-8') {
  const { base, http } = await serve(() => ({ body, headers: { 'content-type': type } }));
  return { ...(await listHtml(query(`${base}tarball/`, more), http)), base };
}

test.each([
  ['Apache', apache],
  ['nginx', nginx],
  ['AMD', amd],
])("%s's page", async (_, body) => {
  const { candidates, passedOver, base } = await list(body);
  expect(candidates.map(({ version }) => version)).toEqual(['7.14.0', '7.10.0', '7.9.0']);
  expect(candidates[0]).toMatchObject({ name: names[2], url: `${base}tarball/${names[2]}` });
  expect(whys(passedOver)).toEqual({
    [names[3]!]: 'a pre-release, and pre-releases are not asked for',
    [names[5]!]: 'latest is no pep440 version',
  });
});

test('dates and sizes are told by the script, and by nightlies themselves', async () => {
  expect((await list(amd)).candidates[0]).toMatchObject({
    date: '2026-06-30T09:15:02Z',
    size: 2_500_000_000,
  });
  expect((await list(nginx)).candidates[0]).not.toHaveProperty('date');
  expect((await list(nginx, { prereleases: true })).candidates[0]).toMatchObject({ date: '2026-06-30' });
});

test('dated files by their own grammar', async () => {
  const body =
    '<a href="rootfs-20260131.tar.xz">a</a><a href="rootfs-20260201.tar.xz">b</a><a href="rootfs-20260230.tar.xz">c</a>';
  const { candidates, passedOver } = await list(body, { file: 'rootfs-{version}.tar.xz', grammar: 'date' });
  expect(candidates.map(({ version, date }) => [version, date])).toEqual([
    ['20260201', '2026-02-01'],
    ['20260131', '2026-01-31'],
  ]);
  expect(passedOver[0]?.why).toBe('20260230 is no date version');
});

test('names that could hurt are no candidates, in links and in scripts', async () => {
  const versions = [
    '$(id)',
    '7.14.0;id',
    '7.14.0`id`',
    '7.14.0\nid',
    '../../7.14.0',
    '1'.repeat(1000),
    '7.14.0\ud800',
  ];
  const bad = versions.map((version) => `therock-dist-linux-gfx1151-${version}.tar.gz`);
  const links = bad.map((name) => `<a href="${encodeURIComponent(name.toWellFormed())}">x</a>`).join('');
  for (const body of [links, scripted(bad.map((name) => ({ name })))]) {
    const { candidates, passedOver } = await list(body);
    expect(candidates).toEqual([]);
    expect(passedOver).toHaveLength(versions.length);
    expect(passedOver.every(({ name, why }) => /^[^\p{Cc}\p{Cs}]*$/u.test(name + why))).toBe(true);
  }
});

test('nothing of the script is run, and brackets within names end nothing', async () => {
  const name = 'therock-dist-linux-gfx1151-7.14.0.tar.gz';
  expect((await list(scripted([{ name: '"];[' }, { name }]))).candidates).toHaveLength(1);
  for (const script of [
    'const files = [alert(1)];',
    'const files = load();',
    `const files = [{"name": "${name}"`,
    'files = [[[',
  ]) {
    await expect(list(`<script>${script}</script>`)).rejects.toThrow('no links and no list of files');
  }
});

test.each([
  [
    'text/html',
    '<html><head><title>503 Service Unavailable</title></head><body>Try later',
    /no links and no list/,
  ],
  ['text/html', '', /no links and no list/],
  ['application/json', '[]', /is application\/json, no HTML/],
])('%s %j is no directory page', async (type, body, said) => {
  const error = await list(body, {}, type).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UpstreamError);
  expect((error as UpstreamError).message).toMatch(said);
  expect((error as UpstreamError).facts.where).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/tarball\/$/);
});
