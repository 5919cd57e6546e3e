/** One input of a layer that is not what it was, in the field's words. */
export interface Difference {
  what:
    | 'never-built'
    | 'source'
    | 'series'
    | 'package'
    | 'base'
    | 'template'
    | 'network'
    | 'root-file-system'
    | 'file'
    | 'layer'
    | 'key'
    /** Nothing differs, but no engine that was asked holds the layer. */
    | 'gone'
    /** Nothing differs, and there was no engine to ask. */
    | 'unasked';
  /** Of the source, series, package, base, file or layer. */
  name?: string;
  /** Old value; undefined for what is new. */
  from?: string;
  /** New value; undefined for what is gone. */
  to?: string;
  /** The whole as a person reads it: `source vllm 6e448d0 → 79f3183`. */
  text: string;
}

/** As many digits of a digest or a commit as people tell them apart by. */
export function short(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 7);
}

/** Names of both tables, in order, each with its old and its new value. */
export function paired<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): [name: string, from: T | undefined, to: T | undefined][] {
  const own = (table: Readonly<Record<string, T>>, name: string) =>
    Object.hasOwn(table, name) ? table[name] : undefined;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.map((name) => [name, own(before, name), own(after, name)]);
}

/** The difference between two short values of something with a name; none where they are equal. */
export function valueDifference(
  what: Difference['what'],
  name: string | undefined,
  from: string | undefined,
  to: string | undefined,
): Difference[] {
  if (from === to) return [];
  const subject = [what.replaceAll('-', ' '), name].filter((part) => part !== undefined).join(' ');
  const values = {
    ...(name !== undefined && { name }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  if (from === undefined) return [{ what, ...values, text: `${subject} added (${to})` }];
  if (to === undefined) return [{ what, ...values, text: `${subject} removed (${from})` }];
  return [{ what, ...values, text: `${subject} ${from} → ${to}` }];
}
