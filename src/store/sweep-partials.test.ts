import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepPartials } from './sweep-partials.ts';

test('removes old half-made files and folders, and nothing else', () => {
  const cache = mkdtempSync(join(tmpdir(), 'halobox-sweep-'));
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
  rmSync(cache, { recursive: true });
});
