import { shellWord } from './shell.ts';
import { Unquotable } from './unquotable.ts';

const reference =
  /^[a-z0-9]+([._-][a-z0-9]+)*(:[0-9]+)?(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

function text(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new Unquotable(`is ${Array.isArray(value) ? 'a list' : typeof value}, not one value`);
}

function oneLine(value: unknown): string {
  const line = text(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  if (/[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(line)) {
    throw new Unquotable('holds a line break or another control character');
  }
  return line;
}

function list(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Unquotable('is not a list');
  return value.map(text);
}

function ownValue(record: unknown, key: string): unknown {
  if (typeof record !== 'object' || record === null) throw new Unquotable('is no table of versions');
  return Object.hasOwn(record, key) ? (record as Record<string, unknown>)[key] : undefined;
}

/**
 * The only ways in which a value gets into a Containerfile. A template names one of them in every `{{…}}`; raw
 * interpolation is refused (see check-template.ts). Each throws Unquotable.
 */
export const quoting = {
  /** One word of a shell command. */
  sh: (value: unknown) => shellWord(oneLine(value)),
  /** The words of a list, one per line, for the middle of a RUN. */
  shlist: (value: unknown) =>
    list(value)
      .map((word) => shellWord(oneLine(word)))
      .join(' \\\n      '),
  /**
   * Debian packages for apt-get install, each with its version where one is locked; one per line.
   * @param pinned takes those that got one.
   */
  debs: (packages: unknown, versions: unknown, pinned?: Map<string, string>) =>
    list(packages)
      .map((name) => {
        const version = ownValue(versions, name);
        if (version !== undefined) pinned?.set(name, text(version));
        return shellWord(oneLine(version === undefined ? name : `${name}=${text(version)}`));
      })
      .join(' \\\n      '),
  /** An image reference for FROM and --from=. */
  ref: (value: unknown) => {
    const name = oneLine(value);
    if (!reference.test(name)) throw new Unquotable('is not an image reference');
    return name;
  },
  /** A value of ENV or LABEL: these expand `$` and read `\`, https://docs.docker.com/reference/dockerfile/#environment-replacement */
  quoted: (value: unknown) => `"${oneLine(value).replaceAll(/[\\"$]/g, '\\$&')}"`,
  /** Source and destination of COPY or ADD, as JSON: no word splitting. Wildcards and variables are refused. */
  paths: (...values: unknown[]) => {
    const words = values.map(oneLine);
    if (words.some((word) => /[*?[\]$\\]/.test(word))) throw new Unquotable('holds a wildcard, "$" or "\\"');
    return JSON.stringify(words);
  },
  /** The rest of a comment line. */
  comment: (value: unknown) => oneLine(value),
} as const;
