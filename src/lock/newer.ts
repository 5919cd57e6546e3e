import { grammarOfSource } from '../model/source-grammar.ts';
import { grammarOf } from '../model/version-grammar.ts';
import type { Considered } from './consider.ts';
import type { Rejection } from './problem.ts';

/**
 * Everything newer than what was chosen, with the reason: what the choice excluded, and what was no candidate at its
 * place (a yanked wheel, one for another Python). What the choice explains is not told twice.
 */
export function allNewer({ queries, choice, kept, passedOver }: Considered): Rejection[] {
  const told = new Set(choice.rejected.map(({ of, version }) => `${of} ${version}`));
  const others = [...passedOver].flatMap(([of, list]) => {
    const name = grammarOfSource(queries.get(of)!);
    const chosen = choice.chosen.get(of);
    if (name === undefined || kept.has(of)) return [];
    const grammar = grammarOf(name);
    return list.flatMap(({ version, name: file, why }): Rejection[] => {
      if (version === undefined || !grammar.valid(version) || told.has(`${of} ${version}`)) return [];
      const newer = !chosen || grammar.compare(version, chosen.version) > 0;
      return newer ? [{ of, version, name: file, why }] : [];
    });
  });
  return [...choice.rejected, ...others];
}

/** Of one source, the newest that there is at all, and why it was not chosen; undefined when it was. */
export function newestOf(source: string, considered: Considered): Rejection | undefined {
  const name = grammarOfSource(considered.queries.get(source)!);
  if (name === undefined) return undefined;
  const grammar = grammarOf(name);
  const chosen = considered.choice.chosen.get(source);
  const newer = allNewer(considered).filter(
    ({ of, version }) =>
      of === source && grammar.valid(version) && (!chosen || grammar.compare(version, chosen.version) > 0),
  );
  return newer.sort((a, b) => grammar.compare(b.version, a.version))[0];
}
