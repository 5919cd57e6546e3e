import { expect, test } from 'vitest';
import { momentOf } from './facts.ts';
import { resolveLink } from './link.ts';
import { shown } from './shown.ts';

const page = 'https://repo.amd.com/rocm/whl-multi-arch/torch/';
const wheel = 'torch-2.11.0+rocm7.14.0-cp312-cp312-linux_x86_64.whl';
const encoded = wheel.replace('+', '%2B');

test.each([
  [`../${encoded}#sha256=abc`, `https://repo.amd.com/rocm/whl-multi-arch/${encoded}`],
  [`/rocm/${wheel}`, `https://repo.amd.com/rocm/${wheel}`],
  [`//cdn.example/${wheel}`, `https://cdn.example/${wheel}`],
  [encoded, `${page}${encoded}`],
  [`  ${encoded}\n`, `${page}${encoded}`],
])('%j leads to %s', (href, url) => {
  expect(resolveLink(href, page)).toEqual({ url, name: wheel });
});

test.each([
  ['javascript:alert(1)', 'its address is javascript:, not http'],
  ['file:///etc/passwd', 'its address is file:, not http'],
  ['data:text/html,x.whl', 'its address is data:, not http'],
  ['http://repo.amd.com/x.whl', 'its address leads from https back to http'],
  ['https://me:secret@repo.amd.com/x.whl', 'its address holds a user or a password'],
  ['https://', 'its address is no URL'],
  ['x%zz.whl', 'its address is wrongly percent-encoded'],
  ['x%ff.whl', 'its address is wrongly percent-encoded'],
  ['$(id)/x.whl', 'its address holds unusual characters'],
  ["x';id;'.whl", 'its address holds unusual characters'],
  [`${'a'.repeat(10_000)}.whl`, 'its address is longer than 2048 characters'],
])('%j is refused', (href, why) => {
  expect(resolveLink(href, page)).toEqual({ why });
});

test('a base cannot lead back to http, nor out of the web', () => {
  expect(resolveLink('x.whl', page, 'http://elsewhere.example/')).toHaveProperty('why');
  expect(resolveLink('x.whl', page, 'javascript:0')).toHaveProperty('why');
  expect(resolveLink('x.whl', page, 'https://cdn.example/a/')).toEqual({
    url: 'https://cdn.example/a/x.whl',
    name: 'x.whl',
  });
});

test('a percent-encoded slash stays in the name, where no pattern takes it', () => {
  expect(resolveLink('..%2f..%2fetc%2fpasswd', page)).toHaveProperty('name', '../../etc/passwd');
});

test('what upstream wrote is shown on one line, short, and without what terminals obey', () => {
  expect(shown('a\u001b[31m\nb\u202ec\u2028\ud800')).toBe('a\\u001b[31m\\u000ab\\u202ec\\u2028\\ud800');
  expect(shown('x'.repeat(10_000))).toBe(`${'x'.repeat(120)}… (10000 characters)`);
});

test('moments are told by their own zone or not at all', () => {
  expect(momentOf('2026-06-30T09:15:00.000Z')).toBe('2026-06-30T09:15:00Z');
  expect(momentOf('2026-06-30T09:15:00.123456Z')).toBe('2026-06-30T09:15:00.123Z');
  expect(momentOf('2026-06-30T09:15:00+02:00')).toBe('2026-06-30T07:15:00Z');
  expect(['2026-06-30T09:15:00', '2026-06-30', 'yesterday', '2026-13-30T09:15:00Z', 7].map(momentOf)).toEqual(
    Array(5).fill(undefined),
  );
});
