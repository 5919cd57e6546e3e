import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CatalogImage } from '../catalog/catalog.ts';
import { measureFiles } from './measure-files.ts';

test('digests are those of the bytes, whatever their number, and owners decide what is executable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halobox-measure-'));
  try {
    mkdirSync(join(folder, 'files'));
    const contents = { none: 0, one: 1, pieces: 2 ** 19, more: 2 ** 19 + 7 };
    const wanted = Object.entries(contents).map(([name, size], index) => {
      const path = join(folder, 'files', name);
      const bytes = randomBytes(size);
      writeFileSync(path, bytes, { mode: index === 1 ? 0o744 : 0o655 });
      return [
        path,
        { sha256: createHash('sha256').update(bytes).digest('hex'), executable: index === 1 },
      ] as const;
    });
    const layer = { files: Object.keys(contents).map((from) => ({ from, to: from })) };
    const image = { folder, definition: { layers: { layer } } } as unknown as CatalogImage;
    expect([...measureFiles(image)]).toEqual(wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
