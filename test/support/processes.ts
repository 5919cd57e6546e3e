import { readdirSync, readFileSync } from 'node:fs';

/** Ids of the processes whose command line holds the text. */
export function processesWith(text: string): number[] {
  return processes('cmdline', (words) => words.replaceAll('\0', ' ').includes(text));
}

/** Ids of the processes whose environment holds all the texts. */
export function processesOf(...texts: string[]): number[] {
  return processes('environ', (environment) => texts.every((text) => environment.includes(text)));
}

function processes(file: 'cmdline' | 'environ', wanted: (content: string) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return wanted(readFileSync(`/proc/${pid}/${file}`, 'utf8'));
      } catch {
        // It has ended meanwhile.
        return false;
      }
    });
}
