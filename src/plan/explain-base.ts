import { type Difference, paired, short, valueDifference } from './difference.ts';
import type { KeyInputs } from './key.ts';

/** `FROM docker.io/library/debian@sha256:…`, with a platform before it and a stage's name behind it or not. */
const pinnedFrom = /^FROM +(?:--\S+ +)*(\S+)@(sha256:[0-9a-f]{64})(?: |$)/gm;

/** The bases of a registry that a Containerfile begins from, and their digests. */
function basesOf({ containerfile }: KeyInputs): Record<string, string> {
  return Object.fromEntries(
    Array.from(containerfile.matchAll(pinnedFrom), ([, name, digest]) => [name!, digest!]),
  );
}

/** Bases that are the same by name and other bytes: `base docker.io/library/debian sha256:6e448d0 → sha256:79f3183`. */
export function explainBase(before: KeyInputs, after: KeyInputs): Difference[] {
  const digits = (digest: string) => `sha256:${short(digest)}`;
  return paired(basesOf(before), basesOf(after)).flatMap(([name, from, to]) =>
    from && to ? valueDifference('base', name, digits(from), digits(to)) : [],
  );
}

/** A Containerfile's text without the digests of its bases, which have a word of their own. */
export function withoutDigests(inputs: KeyInputs): string {
  return Object.entries(basesOf(inputs)).reduce(
    (text, [name, digest]) => text.replaceAll(`${name}@${digest}`, name),
    inputs.containerfile,
  );
}
