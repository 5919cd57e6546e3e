import { readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { InvalidInput, type Place } from '../model/error.ts';
import { plainJson } from './plain-json.ts';

type Path = readonly PropertyKey[];

/** A validated YAML file that still knows where each of its values stands. */
export interface YamlFile<T> {
  file: string;
  value: T;
  /** Place of the value at `path`, or of the nearest parent that is there. */
  place(path: Path): Place;
  /** Place of the key at the end of `path`. */
  keyPlace(path: Path): Place;
}

/**
 * Reads and validates one YAML file.
 * @param file as the person should see it in messages; opened relative to the current folder.
 * @throws InvalidInput with file:line:column for unreadable files, YAML errors and schema errors.
 */
export function readYamlFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): YamlFile<z.infer<Schema>> {
  const text = readText(file);
  const plain = plainJson(text);
  const lines = new LineCounter();
  let parsed: Document.Parsed | undefined;
  const read = (): Document.Parsed =>
    (parsed ??= parseDocument(text, { lineCounter: lines, uniqueKeys: true }));

  const at = (offset: number | undefined): Place => {
    if (offset === undefined) return { file };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const problem = plain === undefined ? read().errors[0] : undefined;
  if (problem) {
    throw new InvalidInput({
      what: problem.message.split('\n')[0] ?? 'not valid YAML',
      where: at(problem.pos[0]),
      next: 'Correct the YAML at this place.',
    });
  }

  const place = (path: Path): Place => {
    const document = read();
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const range = (node as { range?: [number, number, number] | null } | null | undefined)?.range;
      if (range) return at(range[0]);
    }
    return at(0);
  };
  const keyPlace = (path: Path): Place => {
    const document = read();
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))
      : undefined;
    const range = isScalar(pair?.key) ? pair.key.range : undefined;
    return range ? at(range[0]) : place(path);
  };

  // Compiling a schema pays from dozens of files on.
  const result = schema.safeParse(plain ?? read().toJS({ maxAliasCount: 100 }), { jitless: true });
  if (!result.success) throw invalid(result.error.issues[0]!, place, keyPlace);
  return { file, value: result.data, place, keyPlace };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new InvalidInput({
      what: `cannot be read: ${(cause as NodeJS.ErrnoException).code ?? cause}`,
      where: { file },
      next: 'Create the file, or correct the name that leads to it.',
      cause,
    });
  }
}

function invalid(
  issue: z.core.$ZodIssue,
  place: (path: Path) => Place,
  keyPlace: (path: Path) => Place,
): InvalidInput {
  const name = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    return new InvalidInput({
      what: `unknown key ${JSON.stringify(key)}${name ? ` in ${name}` : ''}`,
      where: keyPlace([...issue.path, key]),
      next: 'Remove it or correct its spelling; docs/formats.md lists the keys.',
    });
  }
  return new InvalidInput({
    what: `${name || 'the file'}: ${issue.message}`,
    where: place(issue.path),
    next: 'Correct the value; docs/formats.md describes it.',
  });
}
