import { writeCatalog } from './write-catalog.ts';

/**
 * A small catalog with one image, called as the folder is: a bare Debian, two layers on it that have nothing to do with
 * each other, and one that copies what both made.
 * @param run the words after RUN of each; each makes a file of its layer's name in /made.
 */
export async function writeDiamondCatalog(
  folder: string,
  run: { left: string; right: string },
): Promise<void> {
  const side = (name: 'left' | 'right') =>
    `FROM {{ref parent}}\nRUN mkdir /made && { ${run[name]}; } > /made/${name}\n`;
  await writeCatalog(folder, {
    title: 'Diamond',
    templates: {
      left: side('left'),
      right: side('right'),
      both: 'FROM {{ref parent}}\nCOPY --from={{ref layers.left}} /made /made\nCOPY --from={{ref layers.right}} /made /made\nCMD ["true"]\n',
    },
    layers: [
      'base: { kind: bare, purpose: the base }',
      'left: { kind: left, purpose: one side, needs: [base], network: none }',
      'right: { kind: right, purpose: the other side, needs: [base], network: none }',
      'both: { kind: both, purpose: both sides, needs: [base, left, right], network: none }',
    ],
    final: 'both',
    contract: '{ files: [{ path: /made/left }, { path: /made/right }] }',
  });
}
