import { InvalidInput } from '../model/error.ts';

/**
 * Takes `--torch 2.11` and `--rocm=~7.14` out of what a command did not know: which names there are only image.yaml
 * says. Whether an image has them is checked where they are used.
 * @param words operands and unknown options, in the order of the command line.
 * @throws InvalidInput for an option without a value, and for one that is given twice.
 */
export function splitWishes(words: readonly string[]): {
  operands: string[];
  wishes: Record<string, string>;
} {
  const operands: string[] = [];
  const wishes = new Map<string, string>();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name, inline] = /^--([a-z0-9]+(?:-[a-z0-9]+)*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) {
      if (word.startsWith('-')) throw refusal(`unknown option ${word}`, word);
      operands.push(word);
      continue;
    }
    const value = inline ?? rest.shift();
    if (value === undefined || value.trim() === '') throw refusal(`--${name} needs a value`, word);
    if (wishes.has(name)) throw refusal(`--${name} is given twice`, word);
    wishes.set(name, value);
  }
  return { operands, wishes: Object.fromEntries(wishes) };
}

function refusal(what: string, where: string): InvalidInput {
  return new InvalidInput({
    what,
    where,
    next: 'A source or a set of image.yaml is asked for like this: --rocm ~7.14 --torch 2.11; see halobox resolve --help.',
  });
}
