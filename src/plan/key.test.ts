import { expect, test } from 'vitest';
import { type KeyInputs, layerKey, type SourceInputs } from './key.ts';

const source: SourceInputs = {
  sha256: '1',
  series: [{ name: 'fix', digest: 's', verdicts: [{ id: 'x', verdict: 'applies' }] }],
};
const inputs: KeyInputs = {
  layer: 'app',
  containerfile: 'FROM scratch\n',
  packages: { zip: '3.0-15' },
  network: 'none',
  rootFileSystem: 'r',
  sources: { a: source },
  files: { b: { sha256: '2', executable: false }, c: { sha256: '3', executable: true } },
  parents: { base: 'k' },
};

test('the order of names does not matter', () => {
  const { b, c } = inputs.files as Record<string, { sha256: string; executable: boolean }>;
  expect(layerKey({ ...inputs, files: { c: c!, b: b! } })).toBe(layerKey(inputs));
});

test('what is there to explain a difference does not decide', () => {
  const renamed = { ...source, series: source.series.map((one) => ({ ...one, name: 'other' })) };
  expect(layerKey({ ...inputs, packages: {}, sources: { a: renamed } })).toBe(layerKey(inputs));
});

test('the key of given inputs stays what it is: a change needs another version', () => {
  expect(layerKey(inputs)).toBe('0ed529636227b9ec136f637581c1eb58dc2250ededbbdd5cb3a8b89ebc365653');
});

const series = source.series[0]!;
const changes: [string, Partial<KeyInputs>][] = [
  ['layer', { layer: 'bpp' }],
  ['containerfile', { containerfile: 'FROM scratch\n\n' }],
  ['network', { network: 'default' }],
  ['root file system', { rootFileSystem: undefined }],
  ['source', { sources: { a: { ...source, sha256: '0' } } }],
  ['kind of identity', { sources: { a: { revision: '1', series: source.series } } }],
  ['series', { sources: { a: { sha256: '1', series: [] } } }],
  ['series digest', { sources: { a: { ...source, series: [{ ...series, digest: 't' }] } } }],
  [
    'verdict',
    { sources: { a: { ...source, series: [{ ...series, verdicts: [{ id: 'x', verdict: 'applied' }] }] } } },
  ],
  ['file', { files: { ...inputs.files, b: { sha256: '4', executable: false } } }],
  ['executable bit', { files: { ...inputs.files, b: { sha256: '2', executable: true } } }],
  ['parent', { parents: { base: 'l' } }],
];

test.each(changes)('%s changes the key', (_, change) => {
  expect(layerKey({ ...inputs, ...change })).not.toBe(layerKey(inputs));
});
