import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Name of the image. */
export const image = 'diamond';

/** The layers in the middle, with those that they copy from: three levels, most of them diamonds. */
const middle: Readonly<Record<string, readonly string[]>> = {
  a1: [],
  a2: [],
  a3: [],
  a4: [],
  b1: ['a1', 'a2'],
  b2: ['a2', 'a3'],
  b3: ['a3', 'a4'],
  b4: ['a4', 'a1'],
  c1: ['b1', 'b2'],
  c2: ['b3', 'b4'],
};

/** Of the middle one; two layers come after it. */
export const changed = 'b2';

/** Bytes of each layer's file. */
const dataSize = 2 ** 20;

/** Starts many short programs and hashes 150 MB in all, as a configure and a small compile do. */
const work = (layer: string) =>
  `mkdir -p /made/${layer} && for n in $(seq 150); do cat /src/${layer}/data /src/${layer}/nonce | sha256sum > /made/${layer}/$n; done`;

/**
 * A catalog with one image of twelve layers: a bare Debian, ten that do some work beside and after each other, and one
 * that copies what they made. No layer has a network. A line of a template names one source and one destination: see
 * `oneContainerfile`.
 */
export async function writeCatalog(folder: string): Promise<void> {
  const names = Object.keys(middle);
  await Promise.all(
    ['templates', ...names.map((name) => `images/${image}/files/${name}`), `images/${image}/files/base`].map(
      (path) => mkdir(join(folder, path), { recursive: true }),
    ),
  );
  const template = (name: string, ...lines: string[]) =>
    writeFile(join(folder, `templates/${name}.hbs`), `${lines.join('\n')}\n`);
  const copies = (layers: readonly string[]) =>
    layers.map((layer) => `COPY --from={{ref layers.${layer}}} /made /made`);
  await template(
    'base',
    'FROM scratch',
    'COPY nonce /nonce',
    '{{#if base.debootstrap}}ADD rootfs.tar /{{/if}}',
    'ENV PATH="/usr/sbin:/usr/bin:/sbin:/bin"',
  );
  for (const [name, needs] of Object.entries(middle)) {
    const files = [`COPY data /src/${name}/data`, `COPY nonce /src/${name}/nonce`];
    await template(name, 'FROM {{ref parent}}', ...copies(needs), ...files, `RUN ${work(name)}`);
    await writeFile(join(folder, `images/${image}/files/${name}/data`), randomBytes(dataSize));
    await writeNonce(folder, name, '');
  }
  await writeNonce(folder, 'base', '');
  const ends = ['c1', 'c2'];
  await template('top', 'FROM {{ref parent}}', ...copies(ends), 'CMD ["true"]');
  const layer = (name: string, needs: readonly string[], files: readonly string[]) =>
    `  ${name}: { kind: ${name}, purpose: of the bench, needs: [${needs.join(', ')}], network: none, files: [${files
      .map((file) => `{ from: ${name}/${file}, to: ${file} }`)
      .join(', ')}] }`;
  await writeFile(
    join(folder, `images/${image}/image.yaml`),
    `image: ${image}
title: Diamond
description: Made by the bench
version: 1.0.0
licenses: MIT
source: https://example.com/diamond
target: gfx1151
base: { suite: trixie, debootstrap: { variant: minbase } }
layers:
${layer('base', [], ['nonce'])}
${Object.entries(middle)
  .map(([name, needs]) => layer(name, ['base', ...needs], ['data', 'nonce']))
  .join('\n')}
${layer('top', ['base', ...ends], [])}
final: top
tags: ['{version}']
contract: { files: [{ path: /made/${changed}/1 }] }
`,
  );
}

/** Changes one small file of a layer, and with it what the layer makes. */
export function writeNonce(folder: string, layer: string, nonce: string): Promise<void> {
  return writeFile(join(folder, `images/${image}/files/${layer}/nonce`), `${nonce}\n`);
}
