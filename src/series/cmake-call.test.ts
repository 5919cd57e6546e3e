import { expect, test } from 'vitest';
import { cmakeCalls } from './cmake-call.ts';

const names = (source: string, command = 'set') =>
  cmakeCalls(source, command).map((call) => call.map(({ text }) => text));

test.each([
  ['words, over lines', 'set(A\n  b # c\n  d)\n', [['A', 'b', 'd']]],
  ['quotes', 'set(A "b c" "d;e" "f \\" ) g")', [['A', 'b c', 'd;e', 'f \\" ) g']]],
  ['brackets', 'set(A [=[ ) # ]] ]=] b)', [['A', ' ) # ]] ', 'b']]],
  ['bracket comments', 'set(A #[[ b ) ]] c)', [['A', 'c']]],
  ['a call in a comment', '# set(A b)\nset(C d)', [['C', 'd']]],
  ['a call in a string', 'message("set(A b)")\nset(C)', [['C']]],
  ['inner parentheses', 'set(A (b) c) set(D)', [['A', 'b', 'c'], ['D']]],
  ['any letters, spaces before the parenthesis', 'SET (A b)', [['A', 'b']]],
  ['another command', 'unset(A b)', []],
  ['never closed', 'set(A b', []],
  ['an unclosed string', 'set(A "b', []],
])('%s', (_, source, found) => {
  expect(names(source)).toEqual(found);
});

test.each(['#[[', '"', '[[', '[=', '(', '#', '\\', 'set('])('a megabyte of %j takes one pass', (text) => {
  const started = performance.now();
  cmakeCalls(text.repeat(Math.ceil(1_000_000 / text.length)), 'set');
  // One pass takes tens of milliseconds; a pass for every character would take hours.
  expect(performance.now() - started).toBeLessThan(5_000);
});
