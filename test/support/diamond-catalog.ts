import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { repository } from './halobox.ts';

/**
 * A small catalog with one image, called as the folder is: a bare Debian, two layers on it that have nothing to do with
 * each other, and one that copies what both made.
 * @param run the words after RUN of each; each makes a file of its layer's name in /made.
 */
export async function writeDiamondCatalog(
  folder: string,
  run: { left: string; right: string },
): Promise<void> {
  const image = basename(folder);
  const template = (name: string, text: string) => writeFile(join(folder, `templates/${name}.hbs`), text);
  await mkdir(join(folder, 'images', image), { recursive: true });
  await cp(join(repository, 'templates/partials'), join(folder, 'templates/partials'), { recursive: true });
  await template(
    'bare',
    '{{#if base.debootstrap}}FROM scratch\nADD rootfs.tar /{{/if}}\nENV PATH="/usr/sbin:/usr/bin:/sbin:/bin"\n',
  );
  for (const name of ['left', 'right'] as const)
    await template(name, `FROM {{ref parent}}\nRUN mkdir /made && { ${run[name]}; } > /made/${name}\n`);
  await template(
    'both',
    'FROM {{ref parent}}\nCOPY --from={{ref layers.left}} /made /made\nCOPY --from={{ref layers.right}} /made /made\nCMD ["true"]\n',
  );
  await writeFile(
    join(folder, 'images', image, 'image.yaml'),
    `image: ${image}
title: Diamond
description: Made by a test
version: 1.0.0
licenses: MIT
source: https://example.com/diamond
target: gfx1151
base: { suite: trixie, debootstrap: { variant: minbase } }
layers:
  base: { kind: bare, purpose: the base }
  left: { kind: left, purpose: one side, needs: [base], network: none }
  right: { kind: right, purpose: the other side, needs: [base], network: none }
  both: { kind: both, purpose: both sides, needs: [base, left, right], network: none }
final: both
tags: ['{version}']
contract: { files: [{ path: /made/left }, { path: /made/right }] }
`,
  );
}
