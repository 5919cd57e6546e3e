import { surveyEngines } from '../../engine/find-engine.ts';
import { table, writeDocument } from '../output.ts';
import type { Surroundings } from '../surroundings.ts';

export async function engines(
  options: { engine?: string; json?: boolean },
  surroundings: Surroundings,
): Promise<void> {
  const { attempts, engines } = await surveyEngines(options.engine, surroundings);
  if (options.json) {
    writeDocument(surroundings, { engines, attempts });
    return;
  }
  const rows = attempts.map(({ by, endpoint, result }) => [by, endpoint, result]);
  surroundings.stdout.write(table([['TRIED', 'WHERE', 'RESULT'], ...rows]));
}
