import { ledgerName } from '../model/ledger.ts';
import { type Difference, paired, short, valueDifference } from './difference.ts';
import { explainBase } from './explain-base.ts';
import { explainSeries } from './explain-series.ts';
import { explainTemplate, explainText } from './explain-template.ts';
import type { KeyInputs } from './key.ts';

interface Keyed {
  key: string;
  inputs: KeyInputs;
}

/**
 * What of a layer differs from its last build, causes before consequences: its own inputs, then the layers below it.
 * @param last what it was last built from; undefined: nothing is known of an earlier build.
 * @param causeOf why the layer below of that name is another one, in a few words.
 * @returns nothing for an unchanged layer, and at least one difference for any other.
 */
export function explainLayer(
  last: Keyed | undefined,
  { key, inputs }: Keyed,
  causeOf: (parent: string) => string,
): Difference[] {
  if (!last) return [{ what: 'never-built', text: 'never built here' }];
  if (last.key === key) return [];
  const before = last.inputs;
  const differences = [
    ...paired(before.sources, inputs.sources).flatMap(([name, from, to]) => [
      ...valueDifference('source', name, from && identityOf(from), to && identityOf(to)),
      ...(from && to ? explainSeries(name, from.series, to.series) : []),
    ]),
    ...paired(before.packages, inputs.packages).flatMap(([name, from, to]) =>
      valueDifference('package', name, from, to),
    ),
    ...explainBase(before, inputs),
    ...explainTemplate(before, inputs),
    ...valueDifference('network', undefined, before.network, inputs.network),
    ...valueDifference(
      'root-file-system',
      undefined,
      before.rootFileSystem && short(before.rootFileSystem),
      inputs.rootFileSystem && short(inputs.rootFileSystem),
    ),
    ...explainFiles(before.files, inputs.files),
    ...paired(before.parents, inputs.parents).flatMap(([name, from, to]) =>
      explainParent(name, from, to, causeOf),
    ),
  ];
  if (differences.length > 0) return differences;
  const inText = explainText(before, inputs);
  if (inText.length > 0) return inText;
  return [
    {
      what: 'key',
      from: last.key,
      to: key,
      text: `key ${short(last.key)} → ${short(key)} (halobox itself makes it otherwise than then)`,
    },
  ];
}

function identityOf({ sha256, revision }: KeyInputs['sources'][string]): string {
  return short(sha256 ?? revision ?? '');
}

/** The ledger comes last: it tells of what the layers below were made from, which has a line of its own there. */
function explainFiles(before: KeyInputs['files'], after: KeyInputs['files']): Difference[] {
  const last = ([name]: readonly unknown[]) => Number(name === ledgerName);
  return paired(before, after)
    .sort((a, b) => last(a) - last(b))
    .flatMap(([name, from, to]): Difference[] => {
      if (!from || !to) {
        return valueDifference('file', name, from && short(from.sha256), to && short(to.sha256));
      }
      const changed: Difference[] =
        from.sha256 === to.sha256
          ? []
          : [
              {
                ...{ what: 'file', name, from: short(from.sha256), to: short(to.sha256) },
                text: `file ${name} changed (${short(from.sha256)} → ${short(to.sha256)})`,
              },
            ];
      return [...changed, ...valueDifference('file', name, modeOf(from), modeOf(to))];
    });
}

function modeOf({ executable }: { executable: boolean }): string {
  return executable ? 'executable' : 'not executable';
}

function explainParent(
  name: string,
  from: string | undefined,
  to: string | undefined,
  causeOf: (parent: string) => string,
): Difference[] {
  if (from === undefined || to === undefined || from === to) {
    return valueDifference('layer', name, from && short(from), to && short(to));
  }
  return [
    { what: 'layer', name, from: short(from), to: short(to), text: `layer ${name} (${causeOf(name)})` },
  ];
}
