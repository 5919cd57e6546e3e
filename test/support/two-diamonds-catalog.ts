import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeCatalog } from './write-catalog.ts';

interface Node {
  /** The layer that it stands on. */
  on: string;
  /** Layers out of which it copies /made. */
  copies: readonly string[];
  /** Layers whose files its own file is made from. */
  from: readonly string[];
}

/** One diamond on another: what a layer makes depends on all that is below it. */
const graph: Readonly<Record<string, Node>> = {
  left: { on: 'base', copies: [], from: [] },
  right: { on: 'base', copies: [], from: [] },
  middle: { on: 'base', copies: ['left', 'right'], from: ['left', 'right'] },
  up: { on: 'middle', copies: [], from: ['middle'] },
  down: { on: 'middle', copies: [], from: ['middle', 'left'] },
  top: { on: 'base', copies: ['up', 'down'], from: ['up', 'down'] },
};

/** Lines of each file: about a megabyte, so that there is something to be cut off. */
const lines = 16_384;

/** Words that make everything new when they are others, also to the engine's own cache. */
export interface Nonces {
  /** Goes into the base, and so into all layers. */
  base: string;
  /** Goes into all other layers. */
  layers: string;
}

/** A catalog with one image, called as the folder is: a bare Debian with a mark, and six layers on it. */
export async function writeTwoDiamondsCatalog(
  folder: string,
  nonces: Nonces,
  version: string,
): Promise<void> {
  const entries = Object.entries(graph);
  const files = join(folder, 'images', basename(folder), 'files');
  await mkdir(files, { recursive: true });
  await writeFile(join(files, 'mark'), nonces.base);
  await writeCatalog(folder, {
    title: 'Two diamonds',
    version,
    templates: {
      marked,
      ...Object.fromEntries(entries.map(([name, node]) => [name, containerfile(name, node, nonces.layers)])),
    },
    layers: [
      'base: { kind: marked, purpose: the base, files: [{ from: mark, to: mark }] }',
      ...entries.map(([name, { on, copies }]) => {
        const needs = [on, ...copies].join(', ');
        return `${name}: { kind: ${name}, purpose: makes a file, needs: [${needs}], network: none }`;
      }),
    ],
    final: 'top',
    contract: `{ files: [${Object.keys(graph)
      .map((name) => `{ path: /made/${name} }`)
      .join(', ')}] }`,
  });
}

/** The mark comes first, so that the whole base is unpacked anew with another one. */
const marked =
  'FROM scratch\nCOPY {{paths "mark" "/made/mark"}}\n{{#if base.debootstrap}}ADD rootfs.tar /{{/if}}\nENV PATH="/usr/sbin:/usr/bin:/sbin:/bin"\n';

function containerfile(name: string, { copies, from }: Node, nonce: string): string {
  const made = from.map((one) => `/made/${one}`).join(' ');
  const seed = `( echo ${nonce} ${name}${made && `; cat ${made}`} ) | sha256sum | cut -c 1-64`;
  return [
    'FROM {{ref parent}}',
    ...copies.map((layer) => `COPY --from={{ref layers.${layer}}} /made /made`),
    `RUN mkdir -p /made && yes "$( ${seed} )" | head -n ${lines} > /made/${name} && chmod 640 /made/${name}`,
    'CMD ["true"]\n',
  ].join('\n');
}

/** What a clean build has in /made of each layer: `made/<name> <mode> <sha256>`, sorted. */
export function expectedOfTwoDiamonds(nonces: Nonces): ReadonlyMap<string, readonly string[]> {
  const mark = `made/mark 644 ${sha256(nonces.base)}`;
  const contents = new Map<string, string>();
  const held = new Map<string, readonly string[]>([['base', [mark]]]);
  for (const [name, { on, copies, from }] of Object.entries(graph)) {
    const seed = `${nonces.layers} ${name}\n${from.map((one) => contents.get(one)).join('')}`;
    const content = `${sha256(seed)}\n`.repeat(lines);
    contents.set(name, content);
    const below = [on, ...copies].flatMap((layer) => held.get(layer)!);
    held.set(name, [...new Set([...below, `made/${name} 640 ${sha256(content)}`])].sort());
  }
  return held;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
