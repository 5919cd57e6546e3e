import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { repository } from './halobox.ts';

/**
 * A small catalog with one image, called as the folder is: a bare Debian, and one layer that runs one shell command.
 * @param run the words after RUN; single-quoted nowhere, because a test wrote them.
 */
export async function writeDemoCatalog(
  folder: string,
  run: string,
  { network = 'default', contract = '{}' }: { network?: 'default' | 'none'; contract?: string } = {},
): Promise<string> {
  const image = basename(folder);
  await mkdir(join(folder, 'images', image), { recursive: true });
  await cp(join(repository, 'templates/partials'), join(folder, 'templates/partials'), { recursive: true });
  await writeFile(
    join(folder, 'templates/bare.hbs'),
    '{{#if base.debootstrap}}FROM scratch\nADD rootfs.tar /{{/if}}\nENV PATH="/usr/sbin:/usr/bin:/sbin:/bin"\n',
  );
  await writeFile(join(folder, 'templates/step.hbs'), `FROM {{ref parent}}\nRUN ${run}\nCMD ["true"]\n`);
  await writeFile(
    join(folder, 'images', image, 'image.yaml'),
    `image: ${image}
title: Demo
description: Made by a test
version: 1.0.0
licenses: MIT
source: https://example.com/demo
target: gfx1151
base: { suite: trixie, debootstrap: { variant: minbase } }
layers:
  base: { kind: bare, purpose: the base }
  step: { kind: step, purpose: one step, needs: [base], network: ${network} }
final: step
tags: ['{version}']
contract: ${contract}
`,
  );
  return folder;
}
