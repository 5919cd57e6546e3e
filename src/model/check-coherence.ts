import type { Coherence, KnownBad } from './coherence.ts';
import { type GrammarName, grammarOf } from './version-grammar.ts';

/** Something that no schema of one file finds; `path` as zod's. */
interface Finding {
  path: readonly (string | number)[];
  message: string;
}

/** Names in the rules that are no source of the image, and ranges that their source's grammar can't read. */
export function checkCoherence(
  rules: Coherence,
  grammars: Readonly<Record<string, GrammarName>>,
): readonly Finding[] {
  const findings: Finding[] = [];
  const known = (source: string, path: Finding['path']): boolean => {
    const there = Object.hasOwn(grammars, source);
    if (!there) findings.push({ path, message: `${source} is no source with versions to choose from` });
    return there;
  };
  const readable = (source: string, text: string, path: Finding['path']): void => {
    if (!known(source, path)) return;
    const grammar = grammars[source]!;
    if (!grammarOf(grammar).validRange(text))
      findings.push({ path, message: `${text} is no range of ${grammar} versions` });
  };
  for (const [title, { members }] of Object.entries(rules.sets)) {
    for (const [index, member] of members.entries()) known(member, ['sets', title, 'members', index]);
    // `--rocm ~7.14` would be two things at once.
    if (Object.hasOwn(grammars, title))
      findings.push({ path: ['sets', title], message: `${title} is the name of a source too` });
  }
  for (const [index, { when, versions, needs }] of rules.requirements.entries()) {
    readable(when, versions, ['requirements', index, 'versions']);
    for (const [source, text] of Object.entries(needs))
      readable(source, text, ['requirements', index, 'needs', source]);
  }
  for (const [index, { source }] of rules.ranges.entries()) known(source, ['ranges', index, 'source']);
  return findings;
}

/** The same of `known-bad.yaml`. */
export function checkKnownBad(
  list: readonly KnownBad[],
  grammars: Readonly<Record<string, GrammarName>>,
): readonly Finding[] {
  return list.flatMap(({ source, versions }, index): Finding[] => {
    if (source === undefined) return [];
    const grammar = Object.hasOwn(grammars, source) ? grammars[source] : undefined;
    if (grammar === undefined)
      return [{ path: [index, 'source'], message: `${source} is no source with versions to choose from` }];
    if (versions === undefined || grammarOf(grammar).validRange(versions)) return [];
    return [{ path: [index, 'versions'], message: `${versions} is no range of ${grammar} versions` }];
  });
}
