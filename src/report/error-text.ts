import { HaloboxError, placeText } from '../model/error.ts';

/** What a person is told about a failure: what, where, the end of the log, what to do next. */
export function errorText(error: unknown, debug: boolean): string {
  const lines: string[] = [];
  if (error instanceof HaloboxError) {
    const { what, where, detail, next } = error.facts;
    const at = where === undefined ? '' : `${typeof where === 'string' ? where : placeText(where)}: `;
    lines.push(`halobox: ${at}${what}`);
    for (const line of detail ?? []) lines.push(`    ${line}`);
    if (next) lines.push(`  next: ${next}`);
  } else {
    lines.push(`halobox: ${error instanceof Error ? error.message : String(error)}`);
    lines.push('  next: this was not foreseen; run again with --debug and report it with what you see.');
  }
  if (debug) lines.push(error instanceof Error ? (error.stack ?? '') : '', causes(error));
  return lines.filter((line) => line !== '').join('\n');
}

/** The same as a document for --json. */
export function errorDocument(error: unknown): Record<string, unknown> {
  if (!(error instanceof HaloboxError)) {
    return { event: 'error', exitCode: 1, what: error instanceof Error ? error.message : String(error) };
  }
  const { what, where, detail, next } = error.facts;
  return { event: 'error', exitCode: error.exitCode, what, where, detail, next };
}

function causes(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause === undefined) return '';
  return [
    `caused by ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    causes(cause),
  ]
    .filter((line) => line !== '')
    .join('\n');
}
