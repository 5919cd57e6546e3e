import { expect, test } from 'vitest';
import { changeText, rejectionLines } from './text.ts';

test('rejections that share a reason are one line, and what fell with its stamp is told once', () => {
  expect(
    rejectionLines([
      { of: 'rocm', version: '7.15.0', why: 'vision has none' },
      { of: 'torch', version: '2.12.0', name: 'a.whl', why: 'rocm 7.15.0 was not chosen: vision has none' },
      { of: 'torch', version: '2.13.2', name: 'b.whl', why: 'yanked' },
      { of: 'torch', version: '2.13.1', name: 'c.whl', why: 'yanked' },
      { of: 'torch', version: '2.13.1', name: 'd.whl', why: 'yanked' },
      { of: 'torch', version: '2.13.0', name: 'e.whl', why: 'yanked' },
      { of: 'vllm', version: '0.28.0', name: 'v0.28.0', why: 'excluded by --vllm 0.27' },
    ]),
  ).toEqual([
    'rocm 7.15.0: vision has none',
    'torch 2.13.2, 2.13.1 and 1 more: yanked',
    'vllm 0.28.0: excluded by --vllm 0.27',
  ]);
});

test.each([
  [{ source: 'torch', from: '2.11', to: '2.12' }, 'torch 2.11 → 2.12'],
  [{ source: 'debian', item: 'zip', to: '3.0' }, 'debian zip 3.0 (new)'],
  [{ source: 'base', from: 'trixie' }, 'base trixie (gone)'],
])('%j', (change, text) => {
  expect(changeText(change)).toBe(text);
});
