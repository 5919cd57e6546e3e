import type { Source } from './source.ts';
import type { GrammarName } from './version-grammar.ts';

/** How the versions of a source are read; undefined for what has no versions to choose from: a branch, a tag of a registry, a suite. */
export function grammarOfSource(source: Source): GrammarName | undefined {
  switch (source.kind) {
    case 'python-index':
      return 'pep440';
    case 's3-listing':
    case 'html-listing':
    case 'github-release':
      return source.grammar;
    case 'git':
      return source.tag === undefined ? undefined : source.grammar;
    default:
      return undefined;
  }
}
