import { expect, onTestFinished, test, vi } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import { archiveFiles, binary, open, openFixture, serveFiles, sha256, textOf } from './fixtures.ts';
import { readStanzas } from './stanzas.ts';

const filter = { packages: new Set(['a1', 'b1']), fields: new Set(['package', 'version', 'tag']) };

async function* pieces(text: string, length: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function read(chunks: AsyncIterable<Buffer>) {
  const all: Record<string, string>[] = [];
  for await (const stanza of readStanzas(chunks, filter, 'http://a.example/Packages')) {
    all.push(Object.fromEntries(stanza));
  }
  return all;
}

test.each([1, 7, 64, 1_000_000])('entries that arrive in pieces of %i bytes', async (length) => {
  const text = textOf([binary('a1', '1'), binary('other', '2'), binary('b1', '3')]);
  const tag = 'implemented-in::c,\nrole::program';
  expect(await read(pieces(text, length))).toEqual([
    { package: 'a1', version: '1', tag },
    { package: 'b1', version: '3', tag },
  ]);
});

test('names of fields are read in any case, and an entry ends at a line of spaces or at the end', async () => {
  expect(await read(pieces('PACKAGE: a1\nversion:1\n \t\nVersion: 2\npackage:\tb1', 100))).toEqual([
    { package: 'a1', version: '1' },
    { package: 'b1', version: '2' },
  ]);
  expect(await read(pieces('', 1))).toEqual([]);
});

test.each([
  ['<html>', /no field: <html>/],
  [' continued\n', /no field/],
  [':x\n', /no field/],
  ['Package: a1\nVersion: 1\nVERSION: 2\n', /field version twice/],
])('%j is no index', async (text, said) => {
  await expect(read(pieces(text, 100))).rejects.toThrow(said);
  await expect(read(pieces(text, 100))).rejects.toBeInstanceOf(UpstreamError);
});

async function* endless(unit: string, given: { bytes: number }): AsyncGenerator<Buffer> {
  const chunk = Buffer.from(unit.repeat(Math.ceil(65536 / unit.length)));
  for (;;) {
    given.bytes += chunk.length;
    yield chunk;
  }
}

test.each([
  ['one line', 'a', 2 ** 21, /a line of more than/],
  ['one entry', 'Other: x\n', 2 ** 24, /an entry of the index is longer/],
  ['one field', 'Tag: x', 2 ** 21, /a line of more than/],
])('an index without an end that is %s is left early', async (_, unit, most, said) => {
  const given = { bytes: 0 };
  await expect(read(endless(unit, given))).rejects.toThrow(said);
  expect(given.bytes).toBeLessThan(most);
});

test('200 MB in one line, packed into a small file, are left without being held', async () => {
  const archive = await openFixture({ name: 'trixie', packages: `Package: ${'a'.repeat(200_000_000)}` });
  const before = process.memoryUsage.rss();
  await expect(archive.find('trixie', 'main/binary-amd64/Packages', ['a1'], [])).rejects.toThrow(
    'a line of more than',
  );
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 2 ** 20);
});

test.each(['.xz', '.gz'] as const)('a damaged index by %s is an error with its URL', async (compression) => {
  const files = archiveFiles([{ name: 'trixie', packages: textOf([binary('a1', '1')]), compression }]);
  const path = `dists/trixie/main/binary-amd64/Packages${compression}`;
  const whole = files.get(path)!;
  const damaged = whole.subarray(0, -10);
  files.set(path, damaged);
  const release = files.get('dists/trixie/InRelease')!.toString();
  files.set(
    'dists/trixie/InRelease',
    Buffer.from(
      release.replace(new RegExp(`${sha256(whole)} +[0-9]+`), `${sha256(damaged)} ${damaged.length}`),
    ),
  );
  const { base } = await serveFiles(files);
  await expect(open([base]).find('trixie', 'main/binary-amd64/Packages', ['a1'], [])).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('the index cannot be decompressed'),
    facts: { where: base + path },
  });
});

test('without xz it says what to install', async () => {
  const archive = await openFixture({ name: 'trixie', packages: [binary('a1', '1')] });
  vi.stubEnv('PATH', '/nonexistent');
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(archive.find('trixie', 'main/binary-amd64/Packages', ['a1'], [])).rejects.toMatchObject({
    exitCode: 3,
    message: 'the index is compressed by xz',
    facts: { next: expect.stringContaining('Install the program `xz`') },
  });
});

test('who stops it is heard', async () => {
  const { base } = await serveFiles(archiveFiles([{ name: 'trixie', packages: [binary('a1', '1')] }]));
  const archive = open([base], AbortSignal.abort());
  await expect(archive.find('trixie', 'main/binary-amd64/Packages', ['a1'], [])).rejects.toMatchObject({
    exitCode: 130,
  });
});
