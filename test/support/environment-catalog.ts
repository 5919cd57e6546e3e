import { createCipheriv } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Distributions of the environment, by name; the number in it is what their contents are made from. */
export type Distributions = Readonly<Record<string, number>>;

const site = 'opt/venv/lib/python3.13/site-packages';

/** Bytes that no compression makes smaller, the same for the same number. */
export function noise(seed: number, size: number): Buffer {
  const key = Buffer.alloc(32, seed);
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

/**
 * A catalog with one image, called as the folder is: a Python environment of distributions with one large file each, and
 * a script beside it; no step is run in it.
 * @param size of each distribution's file. Bytes.
 * @returns where the same files lie as they are in the image.
 */
export async function writeEnvironmentCatalog(
  folder: string,
  distributions: Distributions,
  size: number,
): Promise<string> {
  const image = basename(folder);
  const inside = join(folder, 'images', image);
  const files = join(inside, 'files');
  await mkdir(join(folder, 'templates'), { recursive: true });
  await mkdir(join(files, site), { recursive: true });
  const paths: string[] = [];
  const put = async (path: string, content: string | Buffer) => {
    await mkdir(join(files, path, '..'), { recursive: true });
    await writeFile(join(files, path), content);
    paths.push(path);
  };
  for (const [name, seed] of Object.entries(distributions)) {
    await put(`${site}/${name}/data.bin`, noise(seed, size));
    const info = `${name}-${seed}.dist-info`;
    await put(`${site}/${info}/RECORD`, `${name}/data.bin,,${size}\n${info}/RECORD,,\n`);
  }
  await writeFile(join(files, 'start'), '#!/bin/sh\nexec python -m vllm\n', { mode: 0o755 });
  await writeFile(join(folder, 'templates/environment.hbs'), 'FROM scratch\nCOPY opt /opt\n');
  await writeFile(join(folder, 'templates/start.hbs'), 'FROM {{ref parent}}\nCOPY start /start\n');
  const listed = paths.map((path) => `      - { from: ${path}, to: ${path} }\n`).join('');
  await writeFile(
    join(inside, 'image.yaml'),
    `image: ${image}
title: Environment
description: Made by a test
version: 1.0.0
licenses: MIT
source: https://example.com/environment
target: gfx1151
base: { suite: trixie, debootstrap: { variant: minbase } }
layers:
  environment:
    kind: environment
    purpose: many distributions
    files:
${listed}  start: { kind: start, purpose: a script, needs: [environment], files: [{ from: start, to: start }] }
final: start
tags: ['{version}']
contract: {}
`,
  );
  return files;
}
