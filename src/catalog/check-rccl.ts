import { InvalidInput } from '../model/error.ts';
import type { Image } from '../model/image.ts';
import { buildOrder, findCycle, orderedAfter } from '../model/layer-graph.ts';
import type { YamlFile } from './yaml-file.ts';

/**
 * Checks the `rccl` block of an image whose layers were found to be a graph.
 * @throws InvalidInput with file:line:column.
 */
export function checkRccl({ value: image, place }: YamlFile<Image>): void {
  if (!image.rccl) return;
  const { choice, source, layer, neededBy } = image.rccl;
  const fail = (path: readonly PropertyKey[], what: string, next: string): never => {
    throw new InvalidInput({ what, where: place(path), next });
  };
  const known = (names: readonly string[]): string => `Known: ${[...names].sort().join(', ') || 'none'}.`;
  const sources = Object.keys(image.sources);
  const inside = buildOrder(image.layers, image.final);

  if (!sources.includes(source))
    fail(['rccl', 'source'], `rccl names an unknown source ${source}`, known(sources));
  const demandLayer = (name: string, path: readonly PropertyKey[]): void => {
    if (!Object.hasOwn(image.layers, name))
      fail(path, `rccl names an unknown layer ${name}`, known(Object.keys(image.layers)));
    if (!inside.includes(name))
      fail(path, `layer ${name} is no part of ${image.final}`, 'Name a layer that it needs.');
  };
  demandLayer(layer, ['rccl', 'layer']);
  if (!image.layers[layer]!.sources.includes(source)) {
    fail(
      ['rccl', 'layer'],
      `layer ${layer} does not build the source ${source}`,
      `Add ${source} to its \`sources\`, or correct the name.`,
    );
  }
  if (layer === image.final) {
    fail(
      ['rccl', 'layer'],
      `layer ${layer} is the released one`,
      'Let another layer copy the library from it.',
    );
  }
  const child = inside.find((name) => image.layers[name]!.needs[0] === layer);
  if (choice !== 'patched' && child !== undefined) {
    fail(
      ['layers', child, 'needs', 0],
      `layer ${child} stands on layer ${layer}, which is left out where stock is chosen`,
      'Name its parent first and copy from this one, or set rccl.choice to patched.',
    );
  }
  neededBy.forEach(({ layer: user }, index) => {
    const path = ['rccl', 'neededBy', index, 'layer'];
    demandLayer(user, path);
    if (findCycle(orderedAfter(image.layers, layer, [user]))) {
      fail(
        path,
        `layer ${user} needs layer ${layer} itself, and symbols are checked before any layer takes the library`,
        'Name a layer that is built without it.',
      );
    }
  });
}
