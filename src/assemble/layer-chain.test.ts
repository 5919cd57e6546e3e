import { expect, test } from 'vitest';
import type { ImageFacts } from '../engine/engine.ts';
import { sha256 } from '../registry/fixtures.ts';
import { chainIds, chainLabel, toldChain } from './layer-chain.ts';

const [a, b, c] = ['a', 'b', 'c'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string, string];

test('chains are called as the image specification says', () => {
  const two = sha256(Buffer.from(`${a} ${b}`));
  expect(chainIds([a, b, c])).toEqual([a, two, sha256(Buffer.from(`${two} ${c}`))]);
  expect(chainIds([])).toEqual([]);
});

test('a layer tells of all that it stands on, from what the one below tells', async () => {
  const images = new Map<string, Pick<ImageFacts, 'layers' | 'labels'>>();
  const engine = { inspectImage: async (reference: string) => images.get(reference) as ImageFacts };
  images.set('base', { layers: [a], labels: await chainLabel(engine, undefined) });
  images.set('tools', { layers: [a, b], labels: await chainLabel(engine, 'base') });
  const [one, two] = chainIds([a, b]);
  expect(toldChain(await chainLabel(engine, 'tools'))).toEqual([one, two]);
});

test.each(['', 'null', '{', '[1]'])('%j tells nothing', (text) => {
  expect(toldChain({ 'io.halobox.chain': text })).toBeUndefined();
});
