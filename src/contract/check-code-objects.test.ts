import { expect, test } from 'vitest';
import { codeObjectCheck } from './check-code-objects.ts';
import { bundle, codeObject, gfx1151, library } from './fixtures.ts';

const check = codeObjectCheck('/opt/lib.so', { target: 'gfx1151', wavefront: 32 });
const verdict = (...bundles: Record<string, Buffer>[]) => check.judge(library(bundles.map(bundle)));
const gfx1030 = codeObject({ mach: 0x36, target: 'amdgcn-amd-amdhsa--gfx1030' });

test('passes a library that holds the target in every fat binary', () => {
  const two = { [gfx1151]: codeObject({ waves: [32, 32] }), 'hipv4-amdgcn-amd-amdhsa--gfx1030': gfx1030 };
  expect(verdict({ [gfx1151]: codeObject() }, two)).toEqual({
    passed: true,
    found: '2 code objects for gfx1151, 3 kernels of wavefront size 32',
  });
});

test.each([
  ['another target only', [{ 'hipv4-amdgcn-amd-amdhsa--gfx1030': gfx1030 }], 'device code for gfx1030'],
  ['no device code', [{}], 'device code for no target at all'],
  [
    'one fat binary without it',
    [{ [gfx1151]: codeObject() }, { 'hipv4-amdgcn-amd-amdhsa--gfx1030': gfx1030 }],
    '1 fat binaries (first: 1) without gfx1151: gfx1030, gfx1151',
  ],
  [
    'a name that the ELF flags contradict',
    [{ [gfx1151]: codeObject({ mach: 0x36 }) }],
    'the entry gfx1151 in fat binary 0 is an ELF file for gfx1030',
  ],
  [
    'a processor that nobody knows',
    [{ [gfx1151]: codeObject({ mach: 0xfe }) }],
    'the entry gfx1151 in fat binary 0 is an ELF file for unknown processor 0xfe',
  ],
  [
    'metadata for another target',
    [{ [gfx1151]: codeObject({ target: 'amdgcn-amd-amdhsa--gfx1150' }) }],
    'the entry gfx1151 in fat binary 0 has metadata for amdgcn-amd-amdhsa--gfx1150',
  ],
  [
    'a kernel of wavefront size 64',
    [{ [gfx1151]: codeObject({ waves: [32, 64] }) }],
    'the entry gfx1151 in fat binary 0 has kernels of wavefront size 32 and 64',
  ],
  [
    'no kernel',
    [{ [gfx1151]: codeObject({ waves: [] }) }],
    'code objects for gfx1151, but no kernel in them',
  ],
])('fails %s', (_, bundles, found) => {
  expect(verdict(...bundles)).toEqual({ passed: false, found });
});

test('fails a missing file, a file that is no library, and one that only names the target', () => {
  expect(check.judge(undefined)).toMatchObject({ passed: false, found: 'no such file' });
  expect(check.judge(Buffer.from('gfx1151'))).toEqual({
    passed: false,
    found: 'the library is not an ELF file',
  });
});

test('a target whose machine value is unknown is a mistake in the contract', () => {
  expect(() => codeObjectCheck('/x', { target: 'gfx999', wavefront: 32 })).toThrow(/gfx999/);
});
