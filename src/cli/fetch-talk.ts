import type { Progress } from '../sources/places.ts';

export interface FetchTalk {
  /** To be told how far the fetching of a source is. */
  progressOf(source: string): Progress;
  /** Leaves the terminal as it should be. */
  close(): void;
}

const width = 24;

/** A bar on a terminal, which is drawn over; a line at the start of each download elsewhere. */
export function fetchTalk(stderr: NodeJS.WriteStream): FetchTalk {
  let drawn = false;
  const clear = () => {
    if (drawn) stderr.write('\r\x1b[2K');
    drawn = false;
  };
  return {
    progressOf: (source) => {
      let told = false;
      return (done, total) => {
        if (stderr.isTTY) {
          stderr.write(`\r\x1b[2K${barText(source, done, total)}`);
          drawn = true;
        } else if (!told) {
          const size = total === undefined ? '' : `, ${megabytes(total)} MB`;
          stderr.write(`halobox: fetching ${source} to learn its digest${size}\n`);
          told = true;
        }
      };
    },
    close: clear,
  };
}

/** `sdk  [#########               ]  38 %  812 of 2145 MB` */
export function barText(source: string, done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return `${source}  ${megabytes(done)} MB`;
  const part = Math.min(done / total, 1);
  const filled = Math.round(part * width);
  const bar = '#'.repeat(filled).padEnd(width);
  return `${source}  [${bar}] ${String(Math.floor(part * 100)).padStart(3)} %  ${megabytes(done)} of ${megabytes(total)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
