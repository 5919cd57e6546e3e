import { createHash } from 'node:crypto';
import { canonical } from '../model/canonical.ts';
import { changeRates, type Image } from '../model/image.ts';
import { label, type Origin, releaseLabels } from './labels.ts';
import type { Inputs, Recipe } from './recipe.ts';
import type { Settings } from './settings.ts';

/** Goes up when the same layers give another image than before. */
const assemblyVersion = 3;

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
  chain: readonly { layer: string; reference: string }[];
  /** All that have something in the image, the one that changes least first. */
  layers: readonly { layer: string; outputs: readonly string[] }[];
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
  // The order of building decides among equals, so that what stands on something is above it; the final layer tells
  // the version and is always last.
  const layers = [...recipes.slice(0, -1).toSorted((a, b) => rate(a) - rate(b)), final]
    .map(({ layer, definition }) => ({ layer, outputs: definition.outputs }))
    .filter(({ layer, outputs }) => outputs.length > 0 || chain.some((one) => one.layer === layer));
  const { parts } = image;
  const labels = releaseLabels(image, inputs, settings, origin);
  const facts = canonical({ image: image.image, final: final.key, layers, parts, labels });
  const key = createHash('sha256').update(`halobox-assembly ${assemblyVersion}\n${facts}`).digest('hex');
  return {
    image: image.image,
    key,
    reference: `localhost/halobox/${image.image}:${key}`,
    final: { key: final.key, reference: final.reference },
    chain: chain.map(({ layer, reference }) => ({ layer, reference })),
    layers,
    parts,
    labels: { ...labels, [label.key]: key, [label.final]: final.key },
    created: origin.created,
  };
}
