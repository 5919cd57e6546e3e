import { expect, test } from 'vitest';
import { type PythonIndexSource, pythonIndexSchema } from '../../model/source.ts';
import { chooseFiles } from './choose-files.ts';
import { type FixtureFile, file, simpleHtml } from './fixtures.ts';
import { readSimpleHtml } from './read-html.ts';

const index = 'https://a.example/whl/';

function list(files: readonly FixtureFile[], more: Partial<Record<keyof PythonIndexSource, unknown>> = {}) {
  const source = { kind: 'python-index', index, project: 'torch', python: '3.12', ...more };
  return chooseFiles(
    readSimpleHtml(simpleHtml('torch', files), `${index}torch/`),
    pythonIndexSchema.parse(source),
  );
}

test('a yanked wheel counts when a specifier pins its version', () => {
  const files = [file('torch-2.12.0+rocm7.14.0-py3-none-any.whl', { yanked: '' })];
  for (const versions of ['==2.12.0+rocm7.14.0', '==2.12.0', '===2.12.0+rocm7.14.0', '>=2.11,==2.12']) {
    expect(list(files, { versions }).candidates, versions).toHaveLength(1);
  }
  for (const versions of ['', '==2.12.*', '>=2.12.0', '~=2.12.0']) {
    expect(list(files, { versions }).passedOver, versions).toMatchObject([{ why: 'yanked' }]);
  }
});

test('a yanked wheel gives way to any other that the specifier takes', () => {
  const yanked = [
    file('torch-2.12.0+rocm7.15.0-py3-none-any.whl', { yanked: '' }),
    file('torch-2.12.0+rocm7.14.0-cp312-cp312-linux_x86_64.whl', { yanked: '' }),
  ];
  const other = file('torch-2.12.0+rocm7.14.0-py3-none-any.whl');
  const { candidates } = list([...yanked, other], { versions: '==2.12.0' });
  expect(candidates.map(({ name }) => name)).toEqual([other.name]);
  expect(list(yanked, { versions: '==2.12.0' }).candidates).toHaveLength(2);
});

test('pre-releases come when they are asked for, also by a specifier that names one', () => {
  const files = [file('torch-2.12.0a20260630-py3-none-any.whl')];
  expect(list(files).candidates).toHaveLength(0);
  for (const more of [{ prereleases: true }, { versions: '==2.12.0a20260630' }, { versions: '>=2.12.0a1' }]) {
    expect(list(files, more).candidates[0]).toMatchObject({
      version: '2.12.0a20260630',
      date: '2026-06-30',
    });
  }
});

test('takes of one version the wheel that pip would, wherever it stands', () => {
  const names = [
    'torch-2.11.0-cp312-cp312-manylinux_2_28_x86_64.whl',
    'torch-2.11.0-2-cp312-cp312-linux_x86_64.whl',
    'torch-2.11.0-1-cp312-cp312-linux_x86_64.whl',
    'torch-2.11.0-cp310-abi3-linux_x86_64.whl',
    'torch-2.11.0-py3-none-any.whl',
  ];
  for (let turn = 0; turn < names.length; turn += 1) {
    const turned = [...names.slice(turn), ...names.slice(0, turn)].map((name) => file(name));
    const { candidates, passedOver } = list(turned);
    expect(candidates.map(({ name }) => name)).toEqual([names[0]]);
    expect(passedOver).toHaveLength(4);
    expect(passedOver[0]?.why).toBe(`${names[0]} fits better`);
  }
  expect(list(names.slice(1).map((name) => file(name))).candidates[0]?.name).toBe(names[1]);
});

test('requires-python is held against the whole version where it is known', () => {
  const files = [file('torch-2.11.0-py3-none-any.whl', { requiresPython: '>=3.12.1' })];
  expect(list(files, { python: '3.12' }).candidates).toHaveLength(1);
  expect(list(files, { python: '3.12.1' }).candidates).toHaveLength(1);
  expect(list(files, { python: '3.12.0' }).candidates).toHaveLength(0);
  const broken = [file('torch-2.11.0-py3-none-any.whl', { requiresPython: '$(id)' })];
  expect(list(broken).passedOver[0]?.why).toBe('requires Python $(id), which is no specifier');
});
