import type { Image } from '../model/image.ts';
import { layerLabels, releaseLabels } from './labels.ts';
import type { Inputs, Recipe } from './recipe.ts';
import type { Settings } from './settings.ts';

/** `docker-bake.json` as https://docs.docker.com/build/bake/reference/ has it, with what halobox needs of it. */
interface BakeFile {
  group: Record<string, { targets: string[] }>;
  target: Record<string, BakeTarget>;
}

interface BakeTarget {
  context: string;
  dockerfile: string;
  tags: string[];
  labels: Record<string, string>;
  /** Of RUN steps. */
  network?: 'none';
  /** What a FROM or --from names, and the target that makes it. */
  contexts?: Record<string, string>;
}

/**
 * The layers of an image as a bake file beside their folders, so that any BuildKit can build the graph: a remote one, or
 * one in Kubernetes, where this machine is too small. What it makes differs from what `build` makes in the labels
 * `created` and `revision` alone, and nobody checks its contract.
 * @param recipes parents before children; the last one is released.
 */
export function bakeFile(
  recipes: readonly Recipe[],
  { definition, inputs, settings }: { definition: Image; inputs: Inputs; settings: Settings },
): BakeFile {
  const released = recipes.at(-1)!;
  const references = new Map(recipes.map(({ layer, reference }) => [layer, reference]));
  const targetOf = (recipe: Recipe): BakeTarget => {
    const { layer, reference } = recipe;
    const { needs, network } = recipe.definition;
    const contexts = needs.map((need) => [references.get(need)!, `target:${need}`]);
    return {
      context: layer,
      dockerfile: 'Containerfile',
      tags: [reference],
      labels: {
        ...layerLabels(recipe),
        ...(recipe === released && lasting(releaseLabels(definition, inputs, settings, unknownTime))),
      },
      ...(network === 'none' && { network }),
      ...(contexts.length > 0 && { contexts: Object.fromEntries(contexts) }),
    };
  };
  return {
    group: {
      default: { targets: [released.layer] },
      layers: { targets: recipes.map(({ layer }) => layer) },
    },
    target: Object.fromEntries(recipes.map((recipe) => [recipe.layer, targetOf(recipe)])),
  };
}

const unknownTime = { created: new Date(0), revision: undefined };

/** The time is that of the bake, which only bake knows; and bake would read `${…}` and `%{…}` as its own. */
function lasting({ 'org.opencontainers.image.created': _, ...labels }: Record<string, string>) {
  const plain = (text: string) => text.replaceAll(/[$%](?=\{)/g, '$&$&');
  return Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, plain(text)]));
}
