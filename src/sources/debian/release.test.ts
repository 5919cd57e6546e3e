import { expect, test } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import { archiveFiles, clearsigned, open, openFixture, serveFiles } from './fixtures.ts';
import { readRelease } from './release.ts';

const url = 'http://a.example/dists/trixie/InRelease';
const text = ['Suite: stable', 'Codename: trixie', 'Date: Sat, 12 Sep 2026 07:55:41 UTC'].join('\n');

test('only what is signed counts, and its lines are unescaped', () => {
  const signed = clearsigned(`${text}\nDescription: a  \n -b\nSHA256:\n ${'a'.repeat(64)}  12 main/x.gz`);
  expect(readRelease(`Codename: sid\n${signed}Codename: sid\n`, url)).toEqual({
    suite: 'stable',
    codename: 'trixie',
    date: '2026-09-12T07:55:41Z',
    byHash: false,
    files: new Map([['main/x.gz', { sha256: 'a'.repeat(64), size: 12 }]]),
  });
  expect(() => readRelease(signed.replace('- -b', '-b'), url)).not.toThrow();
  expect(() => readRelease(clearsigned(`${text}\n-----BEGIN X-----`), url)).toThrow(/no field.*-----BEGIN X/);
});

test.each([
  ['', /no line begins a message/],
  ['<html>Sign in</html>', /no line begins a message/],
  [text, /no line begins a message/],
  [clearsigned(text).replace('-----END PGP SIGNATURE-----', ''), /not whole/],
  [clearsigned(text).replace('-----BEGIN PGP SIGNATURE-----', ''), /not whole/],
  [clearsigned(text).replace('Hash: SHA256', 'NotDash: x'), /a header NotDash/],
  [clearsigned(`${text}\nx`).replace('\nx\n', '\n-x\n'), /not escaped: -x/],
  [clearsigned('Codename: trixie'), /no date/],
  [clearsigned(text.replace('Sep', 'Sept')), /no date/],
  [clearsigned(text.replace('12 Sep', '32 Sep')), /no date/],
  [clearsigned(text.replace('Sep', 'ebM')), /no date/],
  [clearsigned(`${text}\nCodename: sid`), /one of twice: Codename: sid/],
  [clearsigned(`${text}\nVersion: $(id)`), /calls itself version \$\(id\)/],
  [clearsigned(`${text}\nSHA256:\n abc 12 main/x`), /without digest and size: abc 12 main\/x/],
  [clearsigned(`${text}\nnonsense\u001b[31m`), /no field.*nonsense\\u001b\[31m$/],
])('%j is no Release', (answer, said) => {
  expect(() => readRelease(answer, url)).toThrow(UpstreamError);
  expect(() => readRelease(answer, url)).toThrow(said);
});

test("another suite's Release, and one without the index, are refused", async () => {
  const wrong = await openFixture({ name: 'trixie', release: { Codename: 'forky', Suite: 'testing' } });
  await expect(wrong.pockets('trixie')).rejects.toThrow('the Release file is of forky, not of trixie');
  const bare = await openFixture({ name: 'trixie', release: { SHA256: '' } });
  await expect(bare.find('trixie', 'main/source/Sources', ['a'], [])).rejects.toThrow(
    'lists no main/source/Sources compressed',
  );
});

test('a suite goes by its other name too, and is read once', async () => {
  const files = archiveFiles([{ name: 'trixie' }]);
  files.set('dists/stable/InRelease', files.get('dists/trixie/InRelease')!);
  const { base, requests } = await serveFiles(files);
  const archive = open([base]);
  await Promise.all([archive.pockets('stable'), archive.pockets('stable')]);
  expect((await archive.pockets('stable')).map(({ name }) => name)).toEqual(['stable']);
  expect(requests).toHaveLength(3);
});
