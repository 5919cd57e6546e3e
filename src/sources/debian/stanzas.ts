import { unreadable } from '../listing/unreadable.ts';

/** Fields by their names in lower case; continuing lines are joined by line ends. */
export type Stanza = ReadonlyMap<string, string>;

export interface StanzaFilter {
  /** Values of the field `Package` that are looked for. */
  packages: ReadonlySet<string>;
  /** Fields that are kept, in lower case. */
  fields: ReadonlySet<string>;
}

/** Trixie's longest line has 76 kB, its longest stanza 290 kB, and its largest index 57 MB. */
const limits = { line: 2 ** 20, stanza: 2 ** 23, index: 2 ** 30 };

/**
 * The stanzas of the packages looked for, while an index (Packages, Sources) streams by; only the one that is being read
 * is held. Format: https://www.debian.org/doc/debian-policy/ch-controlfields.html#syntax-of-control-files
 * @param url of the index, for errors.
 * @throws UpstreamError for what is no index, and for lines, stanzas and indexes that are larger than any real ones.
 */
export async function* readStanzas(
  chunks: AsyncIterable<Buffer>,
  { packages, fields }: StanzaFilter,
  url: string,
): AsyncGenerator<Stanza> {
  let stanza = new Map<string, string>();
  let bytes = 0;
  let last = '';
  const found = () => packages.has(stanza.get('package') ?? '');
  for await (const lines of linesOf(chunks, url)) {
    for (const line of lines) {
      if (line.trim() === '') {
        if (found()) yield stanza;
        if (stanza.size > 0) stanza = new Map();
        bytes = 0;
        last = '';
        continue;
      }
      bytes += line.length;
      if (bytes > limits.stanza) {
        throw unreadable(url, `an entry of the index is longer than ${limits.stanza} bytes`);
      }
      const continued = line.startsWith(' ') || line.startsWith('\t');
      const colon = continued ? -1 : line.indexOf(':');
      if (continued ? last === '' : colon < 1) {
        throw unreadable(url, `a line of the index is no field: ${line}`);
      }
      if (!continued) last = line.slice(0, colon).toLowerCase();
      if (!fields.has(last)) continue;
      if (continued) stanza.set(last, `${stanza.get(last)}\n${line.trim()}`);
      else if (stanza.has(last)) throw unreadable(url, `an entry of the index has the field ${last} twice`);
      else stanza.set(last, line.slice(colon + 1).trim());
    }
  }
  if (found()) yield stanza;
}

/** As many at a time as there are. Everything that is kept is ASCII; read as bytes, no sign can be cut apart. */
async function* linesOf(chunks: AsyncIterable<Buffer>, url: string): AsyncGenerator<string[]> {
  let rest = '';
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.index) throw unreadable(url, `the index is longer than ${limits.index} bytes`);
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop()!;
    yield lines;
    if (rest.length > limits.line)
      throw unreadable(url, `the index has a line of more than ${limits.line} bytes`);
  }
  yield [rest];
}
