import { expect, test } from 'vitest';
import { descendantsOf, type Process, parseStat, readProcess, startOf } from './processes.ts';

test('a command may hold spaces and parentheses', () => {
  const rest = '0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 1000 10';
  expect(parseStat(`42 (a) b (c)) S 7 ${rest}`)).toEqual({ pid: 42, parent: 7, state: 'S', start: '4711' });
});

test.each(['', '42', '42 (sh)', 'x (sh) S 1'])('%j is no process', (text) => {
  expect(parseStat(text)).toBeUndefined();
});

test('this process is one', () => {
  expect(readProcess(process.pid)).toMatchObject({ pid: process.pid, parent: process.ppid });
  expect(startOf(2 ** 22 + 1)).toBeUndefined();
});

test('descendants, parents before children, whatever the order of the table', () => {
  const one = (pid: number, parent: number): Process => ({ pid, parent, state: 'S', start: '1' });
  const table = [one(5, 4), one(4, 2), one(3, 1), one(2, 1), one(9, 8)];
  expect(descendantsOf([2], table).map(({ pid }) => pid)).toEqual([4, 5]);
  expect(descendantsOf([1, 4], table).map(({ pid }) => pid)).toEqual([3, 2, 5]);
});
