import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';

export const json = () => new Option('--json', 'print JSON on stdout: one document, or one event per line');

export const engine = () =>
  new Option(
    '--engine <engine>',
    'docker, podman, a socket or a URL; default: HALOBOX_ENGINE, else the first that answers',
  );

export const jobs = () =>
  new Option(
    '--jobs <n>',
    'most layers at a time, and never more than this machine has cores; default: the cores, at most 4',
  ).argParser((text) => Math.min(wholeNumber(text), availableParallelism()));

/** Compilers fill the cores by themselves: more layers than a few at a time only take memory from each other. */
export const usualJobs = () => Math.min(availableParallelism(), 4);

export const cacheFrom = () =>
  new Option('--cache-from <repo>', 'take layers from this registry/name (repeatable)')
    .argParser(collect)
    .default([])
    .conflicts('frozen');

/** For options that may be given several times. */
export const collect = (value: string, earlier: string[]) => [...earlier, value];

/** Example lines below the help of a command. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

function wholeNumber(text: string): number {
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number from 1.');
}
