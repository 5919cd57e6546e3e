import type { Candidate } from '../model/candidate.ts';
import type { Lock, Pin } from '../model/lock.ts';
import { pinText } from './pin-text.ts';

/** One thing that a lock, and a later lock or upstream, hold differently. */
export interface Change {
  /** The source; `base` for `base.oci`. */
  source: string;
  /** In a source of several, e.g. a Debian package. */
  item?: string;
  /** Undefined: it was not there. */
  from?: string;
  to?: string;
}

/** What differs between two locks in what was chosen; sorted by source and item. */
export function changesBetween(before: Lock | undefined, after: Lock): Change[] {
  const [old, now] = [pinsOf(before), pinsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .flatMap((source) => changesOfPin(source, old.get(source), now.get(source)));
}

/** What a lock chose, by source, the base among them. */
export function pinsOf(lock: Lock | undefined): Map<string, Pin> {
  const pins = Object.entries(lock?.sources ?? {}).map(([source, { pin }]) => [source, pin] as const);
  return new Map(lock?.base ? [...pins, ['base', lock.base] as const] : pins);
}

export function changesOfPin(source: string, before: Pin | undefined, after: Pin | undefined): Change[] {
  const [old, now] = [before ? factsOf(before) : new Map(), after ? factsOf(after) : new Map()];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((item: string) => {
    const [from, to]: (Fact | undefined)[] = [old.get(item), now.get(item)];
    if (from?.bytes === to?.bytes) return [];
    return [change(source, item, from, to)];
  });
}

/** The change from a pin to a candidate of which only is known what its place tells; none when it is the same. */
export function changeToCandidate(source: string, pin: Pin | undefined, candidate: Candidate): Change[] {
  const to = {
    text: candidateText(candidate),
    bytes: candidate.sha256 ?? candidate.revision ?? 'other bytes',
  };
  const from = pin && { text: pinText(pin), bytes: bytesOf(pin) };
  return pin && isThis(pin, candidate) ? [] : [change(source, '', from, to)];
}

/** Whether a pin is of the same bytes as a candidate, as far as its place tells. */
export function isThis(pin: Pin, { version, url, name, size, sha256, revision }: Candidate): boolean {
  if (pin.version !== version) return false;
  if (pin.kind === 'git') return pin.revision === revision;
  if (!('file' in pin) || !('url' in pin.file)) return false;
  return (
    pin.file.name === name &&
    pin.file.url === url &&
    (size === undefined || size === pin.file.size) &&
    (sha256 === undefined || sha256 === pin.file.sha256)
  );
}

function candidateText({ version, revision }: Candidate): string {
  return revision === undefined ? version : `${version} at ${revision.slice(0, 12)}`;
}

interface Fact {
  /** For people. */
  text: string;
  /** What makes it what it is. */
  bytes: string;
}

function change(source: string, item: string, from: Fact | undefined, to: Fact | undefined): Change {
  // One version with other bytes: the digests tell them apart.
  const same = from?.text === to?.text;
  const text = (fact: Fact) => (same ? `${fact.text} (${fact.bytes.slice(0, 19)})` : fact.text);
  return {
    source,
    ...(item !== '' && { item }),
    ...(from && { from: text(from) }),
    ...(to && { to: text(to) }),
  };
}

/** By item; of most kinds there is one, without a name. */
function factsOf(pin: Pin): Map<string, Fact> {
  if (pin.kind !== 'debian') return new Map([['', { text: pinText(pin), bytes: bytesOf(pin) }]]);
  return new Map(
    Object.entries(pin.packages).map(([name, { version, sha256 }]) => [
      name,
      { text: version, bytes: sha256 },
    ]),
  );
}

function bytesOf(pin: Pin): string {
  if (pin.kind === 'git') return pin.revision;
  if (pin.kind === 'oci') return pin.digest;
  return pin.kind === 'debian' ? '' : pin.file.sha256;
}
