import { expect, test } from 'vitest';
import { fitOf, interpreterOf } from './wheel-fit.ts';
import { normalName, parseWheelName } from './wheel-name.ts';

const interpreter = interpreterOf('3.12');
const fitting = (tag: string) => fitOf(parseWheelName(`x-1-${tag}.whl`)!.tags, interpreter);

test('reads name, version, build and every tag of compressed sets', () => {
  expect(parseWheelName('rocm_sdk_core-7.14.0-py3-none-linux_x86_64.whl')).toEqual({
    project: 'rocm-sdk-core',
    version: '7.14.0',
    build: [0, ''],
    tags: [{ python: 'py3', abi: 'none', platform: 'linux_x86_64' }],
  });
  expect(parseWheelName('x-2.0-12b-py2.py3-none-any.whl')?.build).toEqual([12, 'b']);
  expect(
    parseWheelName('x-2.0-cp310.cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl')?.tags,
  ).toHaveLength(4);
  expect(parseWheelName('Torch.Vision-1-py3-none-any.whl')?.project).toBe('torch-vision');
  expect(normalName('Friendly._-Bard')).toBe('friendly-bard');
});

test.each([
  'torch.whl',
  'torch-2.11.0.tar.gz',
  'torch-2.11.0-cp312-cp312.whl',
  'a-b-c-d-e-f-g.whl',
  'torch-2.11.0-notdigits-cp312-cp312-linux_x86_64.whl',
  'torch-2.11.0-1;id-cp312-cp312-linux_x86_64.whl',
  'torch-2.11.0-1\n-cp312-cp312-linux_x86_64.whl',
  '../torch-2.11.0-cp312-cp312-linux_x86_64.whl',
  '$(id)-2.11.0-cp312-cp312-linux_x86_64.whl',
  'torch-2.11.0-cp312-cp312-linux_x86_64;id.whl',
  'torch-2.11.0-cp312--linux_x86_64.whl',
  `x-1-${'cp312.'.repeat(50)}cp312-${'abi3.'.repeat(50)}abi3-any.whl`,
])('%s is no wheel', (name) => expect(parseWheelName(name)).toBeUndefined());

// The order in which Python's packaging yields the tags of CPython 3.12 on Linux.
test('prefers tags as pip does', () => {
  const tags = [
    ...[
      'cp312-cp312-manylinux_2_39_x86_64',
      'cp312-cp312-manylinux_2_17_x86_64',
      'cp312-cp312-manylinux2014_x86_64',
    ],
    ...['cp312-cp312-linux_x86_64', 'cp312-abi3-manylinux_2_28_x86_64', 'cp312-none-linux_x86_64'],
    ...['cp311-abi3-manylinux_2_28_x86_64', 'cp32-abi3-linux_x86_64', 'py312-none-linux_x86_64'],
    ...[
      'py3-none-manylinux_2_28_x86_64',
      'py3-none-linux_x86_64',
      'py311-none-linux_x86_64',
      'py30-none-linux_x86_64',
    ],
    ...['cp312-none-any', 'py312-none-any', 'py3-none-any', 'py311-none-any', 'py30-none-any'],
  ];
  const fits = tags.map(fitting);
  expect(fits).toEqual([...fits].sort((a, b) => a - b));
  expect(new Set(fits).size).toBe(tags.length);
  expect(fits).not.toContain(Number.POSITIVE_INFINITY);
  expect(fitting('py2.py3-none-any')).toBe(fitting('py3-none-any'));
});

test.each([
  ...['cp310-cp310-linux_x86_64', 'cp313-abi3-linux_x86_64', 'cp312-cp312t-linux_x86_64', 'cp311-none-any'],
  ...[
    'py313-none-any',
    'py2-none-any',
    'cp31-abi3-linux_x86_64',
    'py3-abi3-linux_x86_64',
    'cp3012-cp312-linux_x86_64',
  ],
  ...[
    'cp312-cp312-win_amd64',
    'cp312-cp312-linux_aarch64',
    'cp312-cp312-manylinux_2_40_x86_64',
    'pp312-none-any',
  ],
])('%s does not fit', (tag) => expect(fitting(tag)).toBe(Number.POSITIVE_INFINITY));

test('platforms that are named are the only ones, in their order', () => {
  const own = interpreterOf('3.12', ['linux_x86_64', 'manylinux_2_28_x86_64']);
  const tag = (platform: string) => [{ python: 'cp312', abi: 'cp312', platform }];
  expect(fitOf(tag('linux_x86_64'), own)).toBeLessThan(fitOf(tag('manylinux_2_28_x86_64'), own));
  expect(fitOf(tag('manylinux_2_17_x86_64'), own)).toBe(Number.POSITIVE_INFINITY);
});
