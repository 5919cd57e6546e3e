import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { InvalidInput, type Place } from '../model/error.ts';

/**
 * The path of an existing regular file below `root`; no symbolic link on the way may lead out.
 * @throws InvalidInput at `place` when nothing of the kind is there or the path leaves `root`.
 */
export function inside(root: string, path: string, place: Place): string {
  const file = join(root, path);
  const outside = () =>
    new InvalidInput({
      what: `${path} leaves ${root}`,
      where: place,
      next: `Put the file below ${root} and name it from there, without ".." and without a symbolic link that leads out.`,
    });
  if (relative(root, file).split(sep)[0] === '..') throw outside();
  const facts = lstatSync(file, { throwIfNoEntry: false });
  if (!facts) throw missing(file, place);
  let real: string;
  try {
    real = realpathSync(file);
  } catch {
    throw missing(file, place);
  }
  if (relative(realpathSync(root), real).split(sep)[0] === '..') throw outside();
  if (!facts.isFile()) throw notAFile(file, facts, place);
  return file;
}

function notAFile(file: string, facts: Stats, place: Place): InvalidInput {
  const kind = facts.isDirectory()
    ? 'a folder'
    : facts.isSymbolicLink()
      ? 'a symbolic link'
      : 'something else';
  return new InvalidInput({
    what: `${file} is ${kind}, not a file`,
    where: place,
    next: 'Name a regular file.',
  });
}

function missing(file: string, place: Place): InvalidInput {
  return new InvalidInput({
    what: `${file} does not exist`,
    where: place,
    next: 'Add the file or correct the name.',
  });
}
