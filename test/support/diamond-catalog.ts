import { basename } from 'node:path';
import { writeCatalog } from './write-catalog.ts';

/** The words after RUN of each side; each makes a file of its layer's name in /made. */
interface Sides {
  left: string;
  right: string;
}

/**
 * A small catalog with one image, called as the folder is: a bare Debian, two layers on it that have nothing to do with
 * each other, and one that copies what both made.
 * @param others further images by name: the same base and left side, and a right side of their own.
 */
export async function writeDiamondCatalog(
  folder: string,
  { left, right }: Sides,
  others: Readonly<Record<string, Pick<Sides, 'right'>>> = {},
): Promise<void> {
  const side = (name: keyof Sides, run: string) =>
    `FROM {{ref parent}}\nRUN mkdir /made && { ${run}; } > /made/${name}\n`;
  for (const [image, own] of Object.entries({ [basename(folder)]: { right }, ...others })) {
    const kind = `right-of-${image}`;
    await writeCatalog(folder, {
      image,
      title: 'Diamond',
      templates: {
        left: side('left', left),
        [kind]: side('right', own.right),
        both: 'FROM {{ref parent}}\nCOPY --from={{ref layers.left}} /made /made\nCOPY --from={{ref layers.right}} /made /made\nCMD ["true"]\n',
      },
      layers: [
        'base: { kind: bare, purpose: the base }',
        'left: { kind: left, purpose: one side, needs: [base], network: none }',
        `right: { kind: ${kind}, purpose: the other side, needs: [base], network: none }`,
        'both: { kind: both, purpose: both sides, needs: [base, left, right], network: none }',
      ],
      final: 'both',
      contract: '{ files: [{ path: /made/left }, { path: /made/right }] }',
    });
  }
}
