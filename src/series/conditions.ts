import type { CallCondition, Condition, TextCondition } from '../model/condition.ts';
import { cmakeCalls } from './cmake-call.ts';

/** The text of a file of the tree, line ends as LF; undefined where there is no such regular file. */
export type ReadText = (path: string) => string | undefined;

/** The first condition that does not hold, in words; undefined when all hold. */
export function firstUnmet(
  conditions: readonly Condition[],
  target: string,
  read: ReadText,
): string | undefined {
  for (const condition of conditions) {
    const unmet = unmetIn(condition, target, read);
    if (unmet !== undefined) return unmet;
  }
  return undefined;
}

function unmetIn(condition: Condition, target: string, read: ReadText): string | undefined {
  const source = read(condition.file);
  if (source === undefined) return `${condition.file} is not there`;
  const named = (texts: readonly string[] | undefined): string[] =>
    (texts ?? []).map((text) => text.replaceAll('{target}', target));
  const { file } = condition;
  const facts =
    'call' in condition ? argumentsOf(condition, target, source) : partOf(condition, target, source);
  if (typeof facts === 'string') return `${file} ${facts}`;
  const missing = named(condition.has).find((text) => !facts.has(text));
  if (missing !== undefined) return `${file}${facts.where} lacks ${JSON.stringify(missing)}`;
  const present = named(condition.lacks).find((text) => facts.has(text));
  if (present !== undefined) return `${file}${facts.where} has ${JSON.stringify(present)}`;
  return undefined;
}

interface Facts {
  /** Which part was looked at, for the message. */
  where: string;
  has: (text: string) => boolean;
}

function partOf({ within }: TextCondition, target: string, source: string): Facts | string {
  const text = squeezed(source);
  if (!within) return { where: '', has: (wanted) => text.includes(squeezed(wanted)) };
  const from = squeezed(within.from.replaceAll('{target}', target));
  const start = text.indexOf(from);
  if (start < 0) return `lacks ${JSON.stringify(from)}`;
  const to = squeezed(within.to.replaceAll('{target}', target));
  const end = text.indexOf(to, start + from.length);
  if (end < 0) return `has no ${JSON.stringify(to)} after ${JSON.stringify(from)}`;
  const part = text.slice(start, end + to.length);
  return { where: `, from ${JSON.stringify(from)} on,`, has: (wanted) => part.includes(squeezed(wanted)) };
}

/** Every run of white space as one space. */
function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function argumentsOf(
  { call, about, keyword }: CallCondition,
  target: string,
  source: string,
): Facts | string {
  const first = about.replaceAll('{target}', target);
  const found = cmakeCalls(source, call).find(([name]) => name?.text === first);
  if (!found) return `has no ${call}(${first} …)`;
  let relevant = found.slice(1);
  if (keyword !== undefined) {
    const start = relevant.findIndex(({ text, bare }) => bare && text === keyword);
    relevant = start < 0 ? [] : relevant.slice(start + 1);
    const end = relevant.findIndex(({ text, bare }) => bare && /^[A-Z][A-Z0-9_]+$/.test(text));
    if (end >= 0) relevant = relevant.slice(0, end);
  }
  const members = new Set(relevant.flatMap(({ text }) => [text, ...text.split(';')]));
  const part = keyword === undefined ? '' : ` ${keyword}`;
  return { where: `, ${call}(${first}${part} …),`, has: (wanted) => members.has(wanted) };
}
