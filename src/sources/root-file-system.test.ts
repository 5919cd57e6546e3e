import { expect, test } from 'vitest';
import { InvalidInput } from '../model/error.ts';
import { chooseBase, debootstrap as makeRoot } from './root-file-system.ts';

const debootstrap = { variant: 'minbase' as const, include: [] };
const both = { suite: 'trixie', debootstrap, oci: 'debian:trixie' };

test.each([
  ['mmdebstrap is there', both, undefined, true, 'debootstrap'],
  ['mmdebstrap is missing', both, undefined, false, 'oci'],
  ['a registry is forced', both, 'oci', true, 'oci'],
  ['mmdebstrap is forced though missing', both, 'debootstrap', false, 'debootstrap'],
  ['only a registry is offered', { suite: 'trixie', oci: 'x' }, undefined, true, 'oci'],
] as const)('%s', (_, base, forced, there, kind) => {
  const choice = chooseBase(base, forced, there);
  expect(choice.kind).toBe(kind);
  expect(choice.reason).toBeTruthy();
});

test('what is not offered cannot be forced, and nothing is not enough', () => {
  expect(() => chooseBase({ suite: 'trixie', debootstrap }, 'oci', true)).toThrow(InvalidInput);
  expect(() => chooseBase({ suite: 'trixie', debootstrap }, undefined, false)).toThrow(/mmdebstrap/);
});

test('a mirror with a password is refused before anything is made: its name would be in the image', async () => {
  const options = {
    ...{ cache: '/dev/null/nowhere', fresh: false, offline: false, versions: {} },
    mirror: 'https://ada:secret@mirror.example/debian/',
    signal: new AbortController().signal,
  };
  const refused = await makeRoot(both, options).catch((error: unknown) => error as InvalidInput);
  expect(refused).toBeInstanceOf(InvalidInput);
  expect(JSON.stringify((refused as InvalidInput).facts)).not.toContain('secret');
});
