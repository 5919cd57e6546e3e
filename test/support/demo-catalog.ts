import { writeCatalog } from './write-catalog.ts';

/**
 * A small catalog with one image, called as the folder is: a bare Debian, and one layer that runs one shell command.
 * @param run the words after RUN; single-quoted nowhere, because a test wrote them.
 */
export async function writeDemoCatalog(
  folder: string,
  run: string,
  { network = 'default', contract = '{}' }: { network?: 'default' | 'none'; contract?: string } = {},
): Promise<string> {
  await writeCatalog(folder, {
    title: 'Demo',
    templates: { step: `FROM {{ref parent}}\nRUN ${run}\nCMD ["true"]\n` },
    layers: [
      'base: { kind: bare, purpose: the base }',
      `step: { kind: step, purpose: one step, needs: [base], network: ${network} }`,
    ],
    final: 'step',
    contract,
  });
  return folder;
}
