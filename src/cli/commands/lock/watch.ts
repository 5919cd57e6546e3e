import { ExitCode, HaloboxError } from '../../../model/error.ts';
import { errorDocument } from '../../../report/error-text.ts';
import { writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import type { OutdatedOptions } from './outdated.ts';
import { chosenImages, type Surveyed, surveyEach } from './survey.ts';
import { changeText } from './text.ts';

/**
 * Says whether a rebuild is due. It remembers nothing: the lock is what it compares with. So a build that failed, and
 * whose new lock was not committed, is due again next time.
 * @throws HaloboxError with exit code 10 when one is due; with the first failure's when upstream could not be asked.
 */
export async function watch(
  names: readonly string[],
  options: OutdatedOptions,
  surroundings: Surroundings,
): Promise<void> {
  const images = chosenImages(names, surroundings);
  const failures: HaloboxError[] = [];
  const found = await surveyEach(images, surroundings, async (survey, { definition: { image } }) => {
    try {
      return await survey();
    } catch (error) {
      // One place that is down must not hide what is due elsewhere.
      if (!(error instanceof HaloboxError) || error.exitCode !== ExitCode.upstream) throw error;
      failures.push(error);
      return { image, error: errorDocument(error) };
    }
  });
  const surveys = found.filter((one): one is Surveyed => 'due' in one);
  const due = surveys.filter((one) => one.due).map(({ image }) => image);
  if (options.json) writeDocument(surroundings, { due: due.length > 0, images: found });
  else surroundings.stdout.write(surveys.map(watchText).join(''));
  const inDocument = options.json ?? false;
  const [first] = failures;
  if (first) throw new HaloboxError(first.exitCode, { ...first.facts, inDocument, cause: first });
  if (due.length > 0) {
    throw new HaloboxError(ExitCode.due, {
      what: `a rebuild is due: ${due.join(', ')}`,
      next: `halobox resolve ${due[0]} && halobox build ${due[0]} --locked; commit lock.json when it is good.`,
      inDocument,
    });
  }
}

function watchText({ image, due, stale, sources }: Surveyed): string {
  const changes = sources.flatMap((source) => source.changes).map(changeText);
  const lines = [...stale, ...changes].map((line) => `  ${line}\n`).join('');
  return `${image}: ${due ? 'due' : 'nothing to do'}\n${lines}`;
}
