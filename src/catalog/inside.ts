import { lstatSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { InvalidInput, type Place } from '../model/error.ts';

/**
 * The path of an existing file below `root`, following symbolic links only while they stay inside.
 * @throws InvalidInput at `place` when nothing is there or the path leaves `root`.
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
  if (!lstatSync(file, { throwIfNoEntry: false })) throw missing(file, place);
  let real: string;
  try {
    real = realpathSync(file);
  } catch {
    throw missing(file, place);
  }
  if (relative(realpathSync(root), real).split(sep)[0] === '..') throw outside();
  return file;
}

function missing(file: string, place: Place): InvalidInput {
  return new InvalidInput({
    what: `${file} does not exist`,
    where: place,
    next: 'Add the file or correct the name.',
  });
}
