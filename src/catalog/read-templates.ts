import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateText } from '../render/renderer.ts';

/** All `*.hbs` of a folder (not of its subfolders), by name without the ending. */
function readFolder(folder: string): Map<string, TemplateText> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.hbs'))
    .sort();
  return new Map(
    names.map((name) => {
      const file = join(folder, name);
      return [name.slice(0, -'.hbs'.length), { file, text: readFileSync(file, 'utf8') }];
    }),
  );
}

/** The templates of layer kinds, and their partials. */
export function readTemplates(folder: string): {
  templates: Map<string, TemplateText>;
  partials: Map<string, TemplateText>;
} {
  return { templates: readFolder(folder), partials: readFolder(join(folder, 'partials')) };
}
