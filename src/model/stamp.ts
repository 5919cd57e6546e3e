import { grammarOf } from './version-grammar.ts';

export const stampKinds = ['local', 'version', 'none'] as const;
/** Where the stamp is that the members of one set share: the local part of the version, the version itself, nowhere. */
export type StampKind = (typeof stampKinds)[number];

const pep440 = grammarOf('pep440');

/**
 * The stamp that members of a set share: 7.14.0a20260630 of the wheel 2.11.0+rocm7.14.0a20260630 (`local`) and of the
 * tarball 7.14.0a20260630 (`version`). Stamps of wheels are compared by PEP 440: as local parts, `rocm10.0` would come
 * before `rocm7.14`.
 * @returns undefined when there is none, or when what stands after the word is no version (+rocm7.12.0.dev0-5f3c1ab).
 */
export function stampOf(version: string, kind: StampKind): string | undefined {
  if (kind === 'none') return undefined;
  if (kind === 'version') return version;
  const local = version.split('+')[1] ?? '';
  const [, stamp] = /^[a-z]*([0-9].*)$/i.exec(local) ?? [];
  return stamp !== undefined && pep440.valid(stamp) ? stamp : undefined;
}
