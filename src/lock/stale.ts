import { canonical } from '../model/canonical.ts';
import type { KnownBad } from '../model/coherence.ts';
import type { Image } from '../model/image.ts';
import type { Lock } from '../model/lock.ts';
import type { Source } from '../model/source.ts';
import { definitionDigest, queriesOf } from './queries.ts';

/** Why a lock is not the answer to what an image asks for now. */
export interface Stale {
  /** A source that the lock does not answer; without one the lock still names all that a build needs. */
  source?: string;
  why: string;
}

/** Holds a lock against the definition; empty: it is up to date. */
export function staleness(image: Image, knownBad: readonly KnownBad[], lock: Lock): Stale[] {
  const queries = queriesOf(image);
  const found: Stale[] = [];
  for (const [source, query] of queries) {
    const locked = Object.hasOwn(lock.sources, source) ? lock.sources[source]!.query : undefined;
    if (!locked) found.push({ source, why: `source ${source} is not locked` });
    else if (canonical(locked) !== canonical(query))
      found.push({
        source,
        why: `source ${source} was locked for something else: ${difference(locked, query)}`,
      });
  }
  for (const source of Object.keys(lock.sources)) {
    if (!queries.has(source)) found.push({ why: `source ${source} is locked and no longer asked for` });
  }
  const { base } = lock;
  if (base && `${base.reference}:${base.version}` !== image.base.oci)
    found.push({
      why: `the base is locked as ${base.reference}:${base.version}, and base.oci is ${image.base.oci ?? 'gone'}`,
    });
  if (!base && !image.base.debootstrap) found.push({ source: 'base', why: 'base.oci is not locked' });
  if (found.length === 0 && lock.definition !== definitionDigest(image, knownBad))
    found.push({
      why: 'the rules of the choice have changed (coherence, known-bad.yaml, order of the sources)',
    });
  return found;
}

/** `versions: "" → ">=2.11"; python: "3.12" → "3.13"` */
function difference(locked: Source, query: Source): string {
  const [before, now] = [Object.entries(locked), Object.entries(query)].map((entries) => new Map(entries));
  const keys = [...new Set([...before!.keys(), ...now!.keys()])].sort();
  return keys
    .filter((key) => canonical(before!.get(key)) !== canonical(now!.get(key)))
    .map((key) => changeOf(key, before!.get(key), now!.get(key)))
    .join('; ');
}

function changeOf(key: string, before: unknown, now: unknown): string {
  if (!Array.isArray(before) || !Array.isArray(now)) return `${key}: ${text(before)} → ${text(now)}`;
  const gone = before.filter((item) => !now.includes(item)).map((item) => `-${item}`);
  const come = now.filter((item) => !before.includes(item)).map((item) => `+${item}`);
  return `${key}: ${[...come, ...gone].join(' ') || 'another order'}`;
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
