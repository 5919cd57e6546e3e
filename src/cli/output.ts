import type { Reporter } from '../report/event.ts';
import { jsonReporter } from '../report/json.ts';
import { plainReporter } from '../report/plain.ts';
import { tableLines } from '../report/table-lines.ts';
import type { Surroundings } from './surroundings.ts';

/** stdout is data, stderr is talk: NDJSON on stdout, a live tree on a terminal, plain lines elsewhere. */
export async function reporterFor({ stdout, stderr }: Surroundings, json: boolean): Promise<Reporter> {
  if (json) return jsonReporter((text) => stdout.write(text));
  if (stderr.isTTY) return (await import('../report/live.ts')).liveReporter(stderr);
  return plainReporter((text) => stderr.write(text));
}

/** One JSON document on stdout. */
export function writeDocument({ stdout }: Surroundings, value: unknown): void {
  stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** The rows as lines of a table for stdout. */
export function table(rows: readonly (readonly string[])[]): string {
  return tableLines(rows)
    .map((line) => `${line}\n`)
    .join('');
}
