import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepNext, sweepPartials } from './sweep-partials.ts';

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'halobox-sweep-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

test('removes old half-made files and folders, and nothing else', () => {
  const old = new Date('2026-01-01T00:00:00Z');
  mkdirSync(join(cache, 'trees/a.1.partial/tree'), { recursive: true });
  mkdirSync(join(cache, 'trees/a/tree'), { recursive: true });
  mkdirSync(join(cache, 'rootfs'));
  for (const file of ['rootfs/1.partial.tar', 'rootfs/2.tar', 'rootfs/young.partial.tar']) {
    writeFileSync(join(cache, file), '');
  }
  for (const path of ['trees/a.1.partial', 'trees/a', 'rootfs/1.partial.tar', 'rootfs/2.tar']) {
    utimesSync(join(cache, path), old, old);
  }
  sweepPartials(cache, 2, Date.now());
  expect(readdirSync(join(cache, 'trees'))).toEqual(['a']);
  expect(readdirSync(join(cache, 'rootfs')).sort()).toEqual(['2.tar', 'young.partial.tar']);
});

test('looks once a day, also after a clock that was wrong', () => {
  const hour = 60 * 60 * 1000;
  const now = Date.now();
  const left = () => {
    writeFileSync(join(cache, 'half.partial'), '');
    const old = new Date(now - 100 * hour);
    utimesSync(join(cache, 'half.partial'), old, old);
  };
  const swept = (at: number) => {
    left();
    sweepPartials(cache, 2, at);
    return !existsSync(join(cache, 'half.partial'));
  };
  expect([now, now + hour, now + 23 * hour, now + 24 * hour, now - hour].map(swept)).toEqual([
    true,
    false,
    false,
    true,
    true,
  ]);
});

test('looks again where somebody wants it to', () => {
  sweepPartials(cache, 2, Date.now());
  writeFileSync(join(cache, 'half.partial'), '');
  utimesSync(join(cache, 'half.partial'), new Date(0), new Date(0));
  sweepNext(cache);
  sweepPartials(cache, 2, Date.now());
  expect(readdirSync(cache)).toEqual(['swept']);
});

test('a cache that is not there, or can not be looked into, is left alone', () => {
  symlinkSync('round', join(cache, 'round'));
  for (const name of ['none', 'round']) sweepPartials(join(cache, name), 2, Date.now());
  expect(readdirSync(cache)).toEqual(['round']);
});
