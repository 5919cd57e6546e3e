import { InvalidInput } from '../model/error.ts';
import type { Recipe } from './recipe.ts';

/** What of an image is planned. */
export interface PlannedImage {
  image: string;
  /** Parents before children; the last one is released. */
  recipes: readonly Recipe[];
}

/** A layer, once, however many images have it. */
export interface LayerNode {
  key: string;
  layer: string;
  reference: string;
  /** Those that have it, in the order in which they were named. */
  images: readonly string[];
  /** Keys of the layers that it is made from. */
  needs: readonly string[];
  /** Keys of all layers that come before it: those that it needs, and those whose files are read before. */
  after: readonly string[];
  /** Of the first of its images; the others' gives the same bytes. */
  recipe: Recipe;
}

export interface LayerGraph {
  /** By key, each after all that come before it; the layers of one image in the order of its recipes. */
  nodes: ReadonlyMap<string, LayerNode>;
  /** The key of each image's released layer. */
  released: ReadonlyMap<string, string>;
}

interface Growing {
  images: string[];
  after: Set<string>;
  recipe: Recipe;
}

/**
 * The layers of several images as one graph. Time grows with the number of layers and edges.
 * @throws InvalidInput for images that want two layers in opposite orders; each alone is fine.
 */
export function layerGraph(images: readonly PlannedImage[]): LayerGraph {
  const growing = new Map<string, Growing>();
  const released = new Map<string, string>();
  for (const { image, recipes } of images) {
    const keys = new Map(recipes.map(({ layer, key }) => [layer, key]));
    for (const recipe of recipes) {
      const node = growing.get(recipe.key) ?? { images: [], after: new Set(), recipe };
      growing.set(recipe.key, node);
      if (node.images.at(-1) !== image) node.images.push(image);
      for (const layer of recipe.after) node.after.add(keys.get(layer)!);
    }
    released.set(image, recipes.at(-1)!.key);
  }
  return { nodes: inOrder(growing), released };
}

function inOrder(growing: ReadonlyMap<string, Growing>): Map<string, LayerNode> {
  const nodes = new Map<string, LayerNode>();
  const open = new Set<string>();
  const visit = (key: string): void => {
    if (nodes.has(key)) return;
    const { images, after, recipe } = growing.get(key)!;
    if (open.has(key)) throw circle(images, recipe.layer);
    open.add(key);
    for (const earlier of after) visit(earlier);
    const { layer, reference, inputs } = recipe;
    const needs = Object.values(inputs.parents);
    nodes.set(key, { key, layer, reference, images, needs, after: [...after], recipe });
  };
  for (const key of growing.keys()) visit(key);
  return nodes;
}

function circle(images: readonly string[], layer: string): InvalidInput {
  return new InvalidInput({
    what: `layer ${layer} would have to come before itself: ${images.join(' and ')} read files of layers in opposite orders`,
    next: 'Plan these images one at a time, or correct rccl.neededBy of one of them.',
  });
}
