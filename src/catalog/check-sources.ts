import { checkCoherence, checkKnownBad } from '../model/check-coherence.ts';
import type { KnownBad } from '../model/coherence.ts';
import { InvalidInput } from '../model/error.ts';
import type { Image } from '../model/image.ts';
import { reservedNames } from '../model/reserved.ts';
import { grammarOfSource } from '../model/source-grammar.ts';
import type { GrammarName } from '../model/version-grammar.ts';
import type { YamlFile } from './yaml-file.ts';

/** Kinds whose tree or file a layer's context can hold. */
const inContext = ['debian-source', 'git', 'python-index', 's3-listing', 'html-listing', 'github-release'];

/**
 * Checks what is said of an image's sources, in it and in known-bad.yaml, beyond what a schema can.
 * @param series names of those that there are.
 * @throws InvalidInput with file:line:column.
 */
export function checkSources(
  image: YamlFile<Image>,
  series: readonly string[],
  knownBad: YamlFile<KnownBad[]> | undefined,
): void {
  const { sources, coherence, layers } = image.value;
  const fail = (path: readonly PropertyKey[], what: string, next: string): never => {
    throw new InvalidInput({ what, where: image.place(path), next });
  };
  for (const [name, source] of Object.entries(sources)) {
    if (!('series' in source)) continue;
    source.series.forEach((wanted, index) => {
      if (series.includes(wanted)) return;
      const known = series.join(', ') || 'none';
      fail(['sources', name, 'series', index], `there is no series ${wanted}`, `Known: ${known}.`);
    });
  }
  const archives = Object.entries(sources).filter(([, { kind }]) => kind === 'debian');
  if (archives[1])
    fail(
      ['sources', archives[1][0]],
      'there is more than one source of kind debian',
      'Keep one: it serves all layers.',
    );
  for (const [name, layer] of Object.entries(layers)) {
    layer.sources.forEach((source, index) => {
      const kind = sources[source]?.kind;
      if (kind === undefined || inContext.includes(kind)) return;
      fail(
        ['layers', name, 'sources', index],
        `${source} is of kind ${kind}, of which no file goes into a context`,
        'Leave it out here: what it locks serves the whole image.',
      );
    });
  }
  for (const taken of [...Object.keys(sources), ...Object.keys(coherence.sets)])
    if (reservedNames.includes(taken)) {
      const path = taken in sources ? ['sources', taken] : ['coherence', 'sets', taken];
      fail(path, `--${taken} of halobox resolve means something else`, 'Choose another name.');
    }
  const grammars: Record<string, GrammarName> = {};
  for (const [name, source] of Object.entries(sources)) {
    const grammar = grammarOfSource(source);
    if (grammar) grammars[name] = grammar;
  }
  const next = 'Correct it here, or the source in image.yaml.';
  const [wrong] = checkCoherence(coherence, grammars);
  if (wrong) fail(['coherence', ...wrong.path], wrong.message, next);
  const [bad] = knownBad ? checkKnownBad(knownBad.value, grammars) : [];
  if (bad) throw new InvalidInput({ what: bad.message, where: knownBad!.place(bad.path), next });
}
