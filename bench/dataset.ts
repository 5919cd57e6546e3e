import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes a tree of mixed file sizes (from a few dozen bytes to a few hundred KiB, as source trees have them), the same
 * for every run and machine. Contents are noise, so that no file system or upload compresses them away.
 */
export function makeDataset(root: string, files: number, bytes: number): void {
  const random = mulberry32(20_000);
  const weights = Array.from({ length: files }, () => Math.exp(random() * 8));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const noise = Buffer.alloc(8 * 2 ** 20);
  for (let at = 0; at < noise.length; at += 4) noise.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  let left = bytes;
  for (const [index, weight] of weights.entries()) {
    const size = index === files - 1 ? left : Math.floor((weight / total) * bytes);
    left -= size;
    const folder = join(root, `module-${index % 40}`, `part-${Math.floor(index / 40) % 10}`);
    if (index < 400) mkdirSync(folder, { recursive: true });
    const from = Math.floor(random() * Math.max(0, noise.length - size));
    writeFileSync(join(folder, `file-${index}.bin`), noise.subarray(from, from + size));
  }
}

/** A small seeded generator: numbers from 0 up to 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
