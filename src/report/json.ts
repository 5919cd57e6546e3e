import type { Reporter } from './event.ts';

/** Newline-delimited JSON: one event per line, as event.ts types them. */
export function jsonReporter(write: (text: string) => void): Reporter {
  return {
    report(event) {
      write(`${JSON.stringify(event)}\n`);
    },
    close() {},
  };
}
