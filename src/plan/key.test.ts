import { expect, test } from 'vitest';
import { type KeyInputs, layerKey } from './key.ts';

const inputs: KeyInputs = {
  containerfile: 'FROM scratch\n',
  network: 'none',
  rootFileSystem: 'r',
  sources: { a: { sha256: '1', series: [{ digest: 's', verdicts: ['x: applies'] }] } },
  files: { b: { sha256: '2', executable: false }, c: { sha256: '3', executable: true } },
  parents: { base: 'k' },
};

test('the order of names does not matter', () => {
  const { b, c } = inputs.files as Record<string, { sha256: string; executable: boolean }>;
  expect(layerKey({ ...inputs, files: { c: c!, b: b! } })).toBe(layerKey(inputs));
});

const changes: [string, Partial<KeyInputs>][] = [
  ['containerfile', { containerfile: 'FROM scratch\n\n' }],
  ['network', { network: 'default' }],
  ['root file system', { rootFileSystem: undefined }],
  ['source', { sources: { a: { sha256: '0', series: [{ digest: 's', verdicts: ['x: applies'] }] } } }],
  ['series', { sources: { a: { sha256: '1', series: [] } } }],
  ['verdict', { sources: { a: { sha256: '1', series: [{ digest: 's', verdicts: ['x: applied'] }] } } }],
  ['file', { files: { ...inputs.files, b: { sha256: '2', executable: true } } }],
  ['parent', { parents: { base: 'l' } }],
];

test.each(changes)('%s changes the key', (_, change) => {
  expect(layerKey({ ...inputs, ...change })).not.toBe(layerKey(inputs));
});
