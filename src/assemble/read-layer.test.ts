import { expect, test } from 'vitest';
import { layerOf } from './fixtures.ts';

test.each([
  ['a sparse file', { 'usr/hole': { content: 'map', pax: { 'GNU.sparse.major': '1' } } }],
  ['a name that is no UTF-8', { 'usr/caf\ufffd': 'x' }],
])('%s is refused, as it would come out as something else', async (what, entries) => {
  await expect(layerOf(entries)).rejects.toThrow(`as ${what}`);
});
