import type { Lock } from '../model/lock.ts';
import { type Change, changesOfPin, changeToCandidate, pinsOf } from './changes.ts';
import type { Considered } from './consider.ts';
import { newestOf } from './newer.ts';
import { pinText } from './pin-text.ts';

/** One source of a lock beside what upstream has today. */
export interface Outdated {
  source: string;
  /** Undefined: not locked. */
  locked?: string;
  /** The newest that would be chosen. */
  acceptable?: string;
  /** The newest that there is. */
  newest?: string;
  /** Why that was not chosen. */
  why?: string;
  /** What a lock made now would hold otherwise. */
  changes: Change[];
}

/** Every source in the order of image.yaml, and the base where it is locked. */
export function outdatedOf(lock: Lock | undefined, considered: Considered): Outdated[] {
  const pins = pinsOf(lock);
  const rows = [...considered.queries.keys()].map((source): Outdated => {
    const pin = pins.get(source);
    const locked = pin && { locked: pinText(pin) };
    const current = considered.current.get(source);
    if (current) {
      const changes = changesOfPin(source, pin, current);
      return { source, ...locked, acceptable: pinText(current), newest: pinText(current), changes };
    }
    const chosen = considered.choice.chosen.get(source);
    const newest = newestOf(source, considered);
    return {
      source,
      ...locked,
      ...(chosen && { acceptable: chosen.version, newest: chosen.version }),
      ...(newest && { newest: newest.version, why: newest.why }),
      changes: chosen ? changeToCandidate(source, pin, chosen) : changesOfPin(source, pin, undefined),
    };
  });
  const { base } = considered;
  if (!base) return rows;
  const pin = pins.get('base');
  const text = pinText(base);
  const changes = changesOfPin('base', pin, base);
  return [
    ...rows,
    { source: 'base', ...(pin && { locked: pinText(pin) }), acceptable: text, newest: text, changes },
  ];
}
