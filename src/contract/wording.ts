import type { ContractText } from '../model/contract.ts';
import type { Outcome } from './check.ts';

const longest = 400;

/** Text out of an image, for a person's terminal: one line, not too long, and no control characters. */
export function oneLine(text: string): string {
  const line = text
    .replaceAll(/\s+/g, ' ')
    .trim()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '?');
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** How a command ended, and the words that it left. */
export function outcomeText({ exitCode, stdout, stderr }: Outcome, seconds: number): string {
  // What `timeout` of coreutils gives, https://www.gnu.org/software/coreutils/timeout
  if (exitCode === 124) return `no end within ${seconds} s`;
  if (exitCode === 137) return `killed: no end within ${seconds} s, or out of memory`;
  if (exitCode === 127 && stderr.startsWith('timeout: ')) return 'no such command on PATH';
  const words = oneLine(`${stderr}\n${stdout}`);
  return words === '' ? `exit code ${exitCode}, no output` : `exit code ${exitCode}: ${words}`;
}

export function matchesText(text: string, demand: ContractText): boolean {
  if (typeof demand === 'string') return text === demand;
  return 'matches' in demand ? new RegExp(demand.matches, 'mu').test(text) : text === '';
}

export function demandText(demand: ContractText): string {
  if (typeof demand === 'string') return JSON.stringify(demand);
  return 'matches' in demand ? `text that matches /${demand.matches}/` : 'nothing';
}
