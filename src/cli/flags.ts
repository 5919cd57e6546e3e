import { Option } from 'commander';

export const json = () => new Option('--json', 'print JSON on stdout: one document, or one event per line');

export const engine = () =>
  new Option(
    '--engine <engine>',
    'docker, podman, a socket or a URL; default: HALOBOX_ENGINE, else the first that answers',
  );

/** For options that may be given several times. */
export const collect = (value: string, earlier: string[]) => [...earlier, value];

/** Example lines below the help of a command. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
