import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { repository } from './halobox.ts';

export interface TestCatalog {
  /** Default: as the folder is called. */
  image?: string;
  title: string;
  version?: string;
  /** Containerfile template by kind; `bare`, a bare Debian, is there anyway. */
  templates: Readonly<Record<string, string>>;
  /** Lines of `layers`, without their indentation. */
  layers: readonly string[];
  final: string;
  contract?: string;
}

/** A small catalog with one image; written again, with one more. What is there already is written anew. */
export async function writeCatalog(
  folder: string,
  {
    image = basename(folder),
    title,
    version = '1.0.0',
    templates,
    layers,
    final,
    contract = '{}',
  }: TestCatalog,
): Promise<void> {
  await mkdir(join(folder, 'images', image), { recursive: true });
  await cp(join(repository, 'templates/partials'), join(folder, 'templates/partials'), { recursive: true });
  for (const [kind, text] of Object.entries({ bare, ...templates }))
    await writeFile(join(folder, `templates/${kind}.hbs`), text);
  await writeFile(
    join(folder, 'images', image, 'image.yaml'),
    `image: ${image}
title: ${title}
description: Made by a test
version: ${version}
licenses: MIT
source: https://example.com/${image}
target: gfx1151
base: { suite: trixie, debootstrap: { variant: minbase } }
layers:
${layers.map((line) => `  ${line}\n`).join('')}final: ${final}
tags: ['{version}']
contract: ${contract}
`,
  );
}

const bare =
  '{{#if base.debootstrap}}FROM scratch\nADD rootfs.tar /{{/if}}\nENV PATH="/usr/sbin:/usr/bin:/sbin:/bin"\n';
