import type { CatalogImage } from '../../catalog/catalog.ts';
import type { Image } from '../../model/image.ts';
import { Renderer } from '../../render/renderer.ts';
import type { PlannedImage } from '../graph.ts';
import { type Inputs, recipesOf } from '../recipe.ts';
import { settingsOf } from '../settings.ts';

/** What each layer of an image needs; the first three are the same in all images, the next three in four of them. */
const needs: Record<string, string[]> = {
  base: [],
  rocm: ['base'],
  torch: ['base', 'rocm'],
  compiler: ['torch'],
  kernels: ['compiler', 'rocm'],
  attention: ['compiler', 'torch'],
  engine: ['attention', 'kernels'],
  models: ['base'],
  tools: ['base'],
  final: ['engine', 'models', 'tools'],
};

const template = `# Layer {{comment layer.name}}
{{#if parent}}
FROM {{ref parent}}
{{else}}
FROM {{ref base.oci}}
{{/if}}
RUN apt-get install {{debs with.packages debian}}
ENV FLAVOUR={{quoted with.flavour}}
`;

const packages = Array.from({ length: 20 }, (_, index) => `package-${index}`);

/**
 * Renders images of ten layers each, as many as are asked for.
 * @param revision goes into a version that every layer has, so that two revisions differ in everything.
 */
export function largeCatalog(count: number, revision: number): PlannedImage[] {
  const renderer = new Renderer(new Map([['plain', { file: 'plain.hbs', text: template }]]), new Map());
  return Array.from({ length: count }, (_, index): PlannedImage => {
    const definition = definitionOf(index);
    const image: CatalogImage = {
      ...{ folder: `/images/${definition.image}`, definition, knownBad: [] },
      place: () => ({ file: 'image.yaml' }),
    };
    const versions = packages.map((name) => [name, `1.0-${name === 'package-7' ? revision : 1}`]);
    const inputs: Inputs = {
      base: { kind: 'oci', reference: 'docker.io/library/debian' },
      ...{ sources: new Map(), versions: {}, files: new Map(), debian: Object.fromEntries(versions) },
    };
    const recipes = recipesOf(image, inputs, settingsOf(definition, [], []), renderer);
    return { image: definition.image, recipes };
  });
}

function definitionOf(index: number): Image {
  const flavourOf = (at: number) => (at < 3 ? 'all' : at < 6 ? `group-${index >> 2}` : `image-${index}`);
  const layers = Object.keys(needs).map((name, at) => [
    name,
    {
      ...{ kind: 'plain', purpose: '', sources: [], files: [], network: 'none', buildOnly: false },
      ...{ needs: needs[name], with: { packages, flavour: flavourOf(at) } },
    },
  ]);
  return {
    ...{ image: `image-${index}`, title: '', description: '', version: '1.0.0', licenses: '', source: '' },
    ...{ target: 'gfx1151', arguments: {}, sources: {}, untested: [], final: 'final' },
    layers: Object.fromEntries(layers),
  } as unknown as Image;
}
