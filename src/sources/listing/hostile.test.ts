import { expect, test } from 'vitest';
import { UpstreamError } from '../../model/error.ts';
import { readReleases } from '../github-release/read-page.ts';
import { filesInScript } from '../html-listing/files-in-script.ts';
import { readDirectoryPage } from '../html-listing/read-page.ts';
import { readSimpleHtml } from '../python-index/read-html.ts';
import { readSimpleJson } from '../python-index/read-json.ts';
import { readS3Page } from '../s3-listing/read-page.ts';

const million = 1 << 20;
const fill = (unit: string) => unit.repeat(Math.ceil(million / unit.length));

/** A megabyte each of what makes parsers slow, deep or big. */
const hostile: Record<string, string> = {
  brackets: fill('<'),
  'closing brackets': fill('>'),
  ampersands: fill('&'),
  entities: `<a>${fill('&#x41')}`,
  nested: fill('<b>'),
  'nested with text': fill('<b>x'),
  'nested and wrongly closed': fill('<b>').slice(0, million / 2) + fill('</i>').slice(0, million / 2),
  'list items': fill('<ul><li>'),
  tables: fill('<table><tr>'),
  graphics: fill('<svg><title>'),
  'closing tags': fill('</b>'),
  comments: fill('<!--'),
  'document types': fill('<!DOCTYPE '),
  'entity declarations': `<!DOCTYPE a [${fill('<!ENTITY a "&b;">')}]>`,
  instructions: fill('<?a '),
  CDATA: fill('<![CDATA['),
  attributes: `<a ${fill('b ')}`,
  'attributes with values': `<a ${fill('b="c" ')}>`,
  'an open quote': `<a href="${fill('<')}`,
  spaces: `<a${fill(' ')}`,
  scripts: fill('<script>'),
  'a script': `<script>const files = [${fill('[')}`,
  'a script of quotes': `<script>const files = [${fill('"\\')}`,
  'a script of beginnings': `<script>${fill('files = ')}`,
  'links elsewhere': fill('<a href="x">x</a>'),
  'long links': `<a href="${fill('../')}x.whl">`,
  arrays: fill('['),
  objects: fill('{"a":'),
  quotes: fill('"'),
  zeros: fill('\0'),
};

const readers: Record<string, (text: string, url: string) => unknown> = {
  'a simple index in HTML': readSimpleHtml,
  'a simple index in JSON': readSimpleJson,
  'a directory page': readDirectoryPage,
  'a bucket': readS3Page,
  releases: readReleases,
};

const cases = Object.keys(readers).flatMap((reader) =>
  Object.keys(hostile).map((text) => [reader, text] as const),
);

test.each(cases)('%s made of %s is left quickly, by an error of upstream', (reader, text) => {
  const started = performance.now();
  let failure: unknown;
  try {
    readers[reader]!(hostile[text]!, 'https://a.example/');
  } catch (error) {
    failure = error;
  }
  // A megabyte takes a tenth of a second; what grows with the square of the size takes minutes.
  expect(performance.now() - started).toBeLessThan(5000);
  // A directory page may have links to anything.
  if (reader === 'a directory page' && /link|attributes with/.test(text) && !failure) return;
  expect(failure).toBeInstanceOf(UpstreamError);
  expect((failure as UpstreamError).message.length).toBeLessThan(200);
});

test('more links than any index has are an error', () => {
  const links = '<a href="x-1-py3-none-any.whl">x</a>'.repeat(200_001);
  expect(() => readSimpleHtml(links, 'https://a.example/')).toThrow('more than 200000 links');
});

test('the end of a list is found in one go', () => {
  expect(filesInScript(`files = ["\\"]", [1], {"a": "]"}];x]`)).toEqual(['"]', [1], { a: ']' }]);
  expect(filesInScript('const profiles = [1]')).toBeUndefined();
});
