import type { BuiltRelease } from '../build/release-image.ts';
import type { Image } from '../model/image.ts';
import type { EnterCommand } from '../toolbox/enter-commands.ts';

/** What a person sees at the end of a build: the image, its tags, what was not tested, and how to enter it. */
export function enterText(image: Image, release: BuiltRelease, commands: readonly EnterCommand[]): string {
  const lines = [
    '',
    `${image.title}`,
    '',
    `  image     ${release.id}`,
    ...release.tags.map((tag, index) => `${index === 0 ? '  tags      ' : '            '}${tag}`),
    ...(image.untested.length > 0
      ? ['', 'Never run on hardware:', ...image.untested.map((text) => `  - ${text}`)]
      : []),
    '',
    'Enter it with one of:',
    ...commands.flatMap(({ with: tool, first, command }) => [
      `  ${tool}`,
      ...(first ? [`    ${first}`] : []),
      `    ${command}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
