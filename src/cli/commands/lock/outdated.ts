import type { Outdated } from '../../../lock/outdated.ts';
import { table, writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import { chosenImages, type Surveyed, surveyEach } from './survey.ts';
import { changeText } from './text.ts';

export interface OutdatedOptions {
  json?: boolean;
}

export async function outdated(
  name: string | undefined,
  options: OutdatedOptions,
  surroundings: Surroundings,
): Promise<void> {
  const images = chosenImages(name === undefined ? [] : [name], surroundings);
  const found = await surveyEach(images, surroundings, (survey) => survey());
  if (options.json) writeDocument(surroundings, found);
  else surroundings.stdout.write(found.map(outdatedText).join('\n'));
}

function outdatedText({ image, stale, sources }: Surveyed): string {
  const rows = sources.map(({ source, locked, acceptable, newest, why }) => [
    source,
    locked ?? 'not locked',
    acceptable ?? 'none',
    newest === undefined || newest === acceptable ? '' : newest,
    newest === acceptable ? '' : (why ?? ''),
  ]);
  return [
    `${image}\n`,
    ...stale.map((why) => `  stale: ${why}\n`),
    table([['SOURCE', 'LOCKED', 'ACCEPTABLE', 'NEWEST', 'WHY NOT'], ...rows]),
    ...packageChanges(sources).map((line) => `  ${line}\n`),
  ].join('');
}

/** Of a source of several the table has no room for what changed. */
function packageChanges(sources: readonly Outdated[]): string[] {
  return sources.flatMap(({ changes }) => changes.filter(({ item }) => item !== undefined)).map(changeText);
}
