import type { Reporter } from './event.ts';
import { eventLines } from './lines.ts';

/** One line per event, for pipes and CI logs. */
export function plainReporter(write: (text: string) => void): Reporter {
  return {
    report(event) {
      const lines = eventLines(event);
      if (lines !== undefined) write(`${lines}\n`);
    },
    close() {},
  };
}
