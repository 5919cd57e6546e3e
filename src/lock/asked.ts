import type { Lock } from '../model/lock.ts';
import type { Wish } from './problem.ts';

/** What a person asks for beyond image.yaml. */
export interface Asked {
  /** By source or set. */
  wishes: Readonly<Record<string, string>>;
  asOf?: string | undefined;
}

export const nothingAsked: Asked = { wishes: {} };

/** As it stands in a lock: nothing at all where nothing was asked. */
export function askedInLock({ wishes, asOf }: Asked): Lock['asked'] {
  if (Object.keys(wishes).length === 0 && asOf === undefined) return undefined;
  const sorted = Object.entries(wishes).sort(([a], [b]) => (a < b ? -1 : 1));
  return { wishes: Object.fromEntries(sorted), ...(asOf !== undefined && { asOf }) };
}

export function wishesOf({ wishes }: Asked): Wish[] {
  return Object.entries(wishes).map(([on, text]) => ({ on, text }));
}
