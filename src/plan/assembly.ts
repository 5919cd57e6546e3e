import { createHash } from 'node:crypto';
import { canonical } from '../model/canonical.ts';
import { changeRates, type Image } from '../model/image.ts';
import { label, type Origin, releaseLabels } from './labels.ts';
import type { Inputs, Recipe } from './recipe.ts';
import type { Settings } from './settings.ts';

/** Goes up when the same layers give another image than before. */
const assemblyVersion = 4;

/** How the released image is put together from its layers' files. */
export interface Assembly {
  image: string;
  /** Content address of the released image, with all that its labels tell. */
  key: string;
  /** `localhost/halobox/<image>:<key>` */
  reference: string;
  /** The layer whose build gives the files. */
  final: { key: string; reference: string };
  /** The layers that the final one stands on, the lowest first, and it. */
  chain: readonly { layer: string; key: string; reference: string }[];
  /** All that have something in the image, the one that changes least first; those that change as often have one level. */
  layers: readonly { layer: string; level: number; outputs: readonly string[] }[];
  /** Most layers of the released image. */
  parts: number;
  /** What it tells of itself beside what its Containerfile says. */
  labels: Readonly<Record<string, string>>;
  created: Date;
}

/**
 * @param build its recipes parents before children; the last one is released.
 */
export function assemblyOf(
  {
    image,
    recipes,
    inputs,
    settings,
  }: { image: Image; recipes: readonly Recipe[]; inputs: Inputs; settings: Settings },
  origin: Origin,
): Assembly {
  const byName = new Map(recipes.map((recipe) => [recipe.layer, recipe]));
  const rate = ({ definition }: Recipe) => changeRates.indexOf(definition.changes);
  const final = recipes.at(-1)!;
  const chain: Recipe[] = [];
  for (let at: Recipe | undefined = final; at; at = byName.get(at.definition.needs[0] ?? ''))
    chain.unshift(at);
  // Among equals what the final layer copies is above what it stands on, as its steps have it, and so is what stands on
  // something; the final layer tells the version and is always last.
  const copied = recipes.filter((one) => !chain.includes(one) && one.definition.outputs.length > 0);
  const below = [...chain.slice(0, -1), ...copied].toSorted((a, b) => rate(a) - rate(b));
  const rates = [...new Set(below.map(rate))];
  const layers = [...below, final].map((recipe) => ({
    layer: recipe.layer,
    level: recipe === final ? rates.length : rates.indexOf(rate(recipe)),
    outputs: recipe.definition.outputs,
  }));
  const { parts } = image;
  const labels = releaseLabels(image, inputs, settings, origin);
  const key = keyOf({ image: image.image, final: final.key, layers, parts, labels });
  return {
    image: image.image,
    key,
    reference: referenceOf(image.image, key),
    final: { key: final.key, reference: final.reference },
    chain: chain.map(({ layer, key: own, reference }) => ({ layer, key: own, reference })),
    layers,
    parts,
    labels: { ...labels, [label.key]: key, [label.final]: final.key },
    created: origin.created,
  };
}

/**
 * What of a released image the final layer stands on, as an image that can be put together before the others are there: a
 * part that no later layer touches is that of the release. It tells no version, so that nothing takes it for one.
 * @returns undefined where the final layer stands on nothing.
 */
export function belowFinal(assembly: Assembly): Assembly | undefined {
  const { image } = assembly;
  const chain = assembly.chain.slice(0, -1);
  const top = chain.at(-1);
  if (top === undefined) return undefined;
  const { key: final, reference } = top;
  const layers = assembly.layers
    .filter((one) => chain.some((link) => link.layer === one.layer))
    // Most lie in what is not there yet.
    .map((one) => ({ ...one, outputs: [] }));
  // Each of the others has room for two.
  const parts = assembly.parts - 2 * (assembly.layers.length - layers.length);
  const key = keyOf({ below: image, final, layers, parts });
  return {
    ...assembly,
    key,
    reference: referenceOf(image, key),
    final: { key: final, reference },
    chain,
    layers,
    parts,
    labels: { [label.image]: image, [label.key]: key, [label.final]: final },
  };
}

function keyOf(facts: Parameters<typeof canonical>[0]): string {
  return createHash('sha256')
    .update(`halobox-assembly ${assemblyVersion}\n${canonical(facts)}`)
    .digest('hex');
}

function referenceOf(image: string, key: string): string {
  return `localhost/halobox/${image}:${key}`;
}
