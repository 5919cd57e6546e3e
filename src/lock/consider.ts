import type { CatalogImage } from '../catalog/catalog.ts';
import type { Candidate, PassedOver } from '../model/candidate.ts';
import { InvalidInput, UpstreamError } from '../model/error.ts';
import type { Lock, OciPin, Pin } from '../model/lock.ts';
import type { Source } from '../model/source.ts';
import { grammarOfSource } from '../model/source-grammar.ts';
import type { Places } from '../sources/places.ts';
import { type Asked, wishesOf } from './asked.ts';
import { choose } from './choose.ts';
import { lastMomentOf } from './instant.ts';
import type { Choice, Member, NoChoice, Rejection } from './problem.ts';
import { queriesOf } from './queries.ts';

/** What upstream offers an image now and what was chosen of it, before anything is fetched. */
export interface Considered {
  queries: ReadonlyMap<string, Source>;
  choice: Choice;
  /** Sources that are as they were locked, by name. */
  kept: ReadonlyMap<string, Pin>;
  /** Sources with one thing to offer. */
  current: ReadonlyMap<string, Pin>;
  base: OciPin | undefined;
  /** What places list that is no candidate, by source. */
  passedOver: ReadonlyMap<string, readonly PassedOver[]>;
  /** What a person should know of what could not be held against something. */
  notes: readonly string[];
}

export interface Question {
  asked: Asked;
  /** What stays as it is: pins of an earlier lock. Its places are not asked. */
  kept: ReadonlyMap<string, Pin>;
  /** `base.oci` to be locked too; a pin stays. */
  base: string | OciPin | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Asks every place once and chooses.
 * @throws UpstreamError when a place can't be asked, or offers no coherent set; InvalidInput for a wish that can't be read.
 */
export async function consider(image: CatalogImage, question: Question, places: Places): Promise<Considered> {
  const { definition, knownBad } = image;
  const { kept } = question;
  const queries = queriesOf(definition);
  const titles = Object.keys(definition.coherence.sets);
  if (question.asked.asOf !== undefined) lastMomentOf(question.asked.asOf);
  refuseUnknown(question.asked, [...titles, ...choosable(queries)], definition.image);
  const members: Member[] = [];
  const passedOver = new Map<string, readonly PassedOver[]>();
  const current = new Map<string, Pin>();
  const asking = [...queries].map(async ([source, query]) => {
    const grammar = grammarOfSource(query);
    const pin = kept.get(source);
    if (grammar === undefined) {
      if (!pin) current.set(source, await places.current(query));
      return undefined;
    }
    if (pin) return { source, grammar, candidates: [candidateOfPin(pin)] };
    const listing = await places.list(query);
    passedOver.set(source, listing.passedOver);
    return { source, grammar, ...listing };
  });
  const base =
    typeof question.base === 'string' ? places.base(question.base) : Promise.resolve(question.base);
  // All are waited for: a place that fails first must not leave others' failures unheard.
  await Promise.allSettled([...asking, base]);
  for (const member of await Promise.all(asking)) if (member) members.push(member);
  const { asked, now } = question;
  const choice = choose({
    members,
    rules: definition.coherence,
    knownBad,
    wishes: wishesOf(asked),
    asOf: asked.asOf,
    now,
  });
  if (!choice.found) throw noSet(image, choice, kept);
  const undated = asked.asOf === undefined ? [] : [...current.keys()];
  const notes = undated.map(
    (source) =>
      `${source}: its place has what is there today alone, so --as-of ${asked.asOf} could not be held against it`,
  );
  return { queries, choice, kept, current, base: await base, passedOver, notes: [...choice.notes, ...notes] };
}

/** Names that can be asked for: sources with versions to choose from. */
function choosable(queries: ReadonlyMap<string, Source>): string[] {
  return [...queries].filter(([, query]) => grammarOfSource(query) !== undefined).map(([source]) => source);
}

/** Before any place is asked: a slip of the pen should not cost a minute. */
function refuseUnknown({ wishes }: Asked, known: readonly string[], image: string): void {
  for (const [name, text] of Object.entries(wishes)) {
    if (known.includes(name)) continue;
    throw new InvalidInput({
      what: `${image} has neither a source nor a set ${name} with versions to choose from`,
      where: `--${name} ${text}`,
      next: `Known: ${known.join(', ') || 'none'}.`,
    });
  }
}

/** Pins of a lock that answer what the image asks now, but for those to be chosen anew. */
export function keptPins(
  queries: ReadonlyMap<string, Source>,
  lock: Lock,
  isStale: (source: string) => boolean,
  anew: ReadonlySet<string>,
): Map<string, Pin> {
  return new Map(
    [...queries.keys()]
      .filter((source) => Object.hasOwn(lock.sources, source) && !isStale(source) && !anew.has(source))
      .map((source) => [source, lock.sources[source]!.pin]),
  );
}

function candidateOfPin(pin: Pin): Candidate {
  const { version } = pin;
  const { date, stamp } = { date: undefined, stamp: undefined, ...pin };
  const more = { ...(date !== undefined && { date }), ...(stamp !== undefined && { stamp }) };
  if (pin.kind === 'git')
    return { version, name: pin.version, url: pin.url, revision: pin.revision, ...more };
  if ('file' in pin && 'url' in pin.file) {
    const { name, url, size, sha256 } = pin.file;
    return { version, name, url, size, sha256, ...more };
  }
  throw new Error(`${pin.kind} has no versions to choose from`);
}

function noSet(
  { place, definition }: CatalogImage,
  { nearest, rejected }: NoChoice,
  kept: ReadonlyMap<string, Pin>,
): UpstreamError {
  const most = 20;
  const more = rejected.length - most;
  const held = kept.size > 0 ? `, or upgrade more than one (kept: ${[...kept.keys()].join(', ')})` : '';
  return new UpstreamError({
    what: nearest
      ? `upstream offers no coherent set for ${definition.image}; nearest is ${rejectionText(nearest)}`
      : `upstream offers no coherent set for ${definition.image}`,
    where: place(['sources']),
    detail: [
      ...rejected.slice(0, most).map(rejectionText),
      ...(more > 0 ? [`and ${more} more, which --json lists`] : []),
    ],
    next: `Widen \`versions\` or \`coherence\` in image.yaml, ask for something else${held}; or wait for upstream to complete a set.`,
  });
}

/** `torch 2.12.0: yanked` */
function rejectionText({ of, version, why }: Pick<Rejection, 'of' | 'version' | 'why'>): string {
  return `${[of, version].filter(Boolean).join(' ')}: ${why}`;
}
