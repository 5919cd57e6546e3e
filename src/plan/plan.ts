import type { Difference } from './difference.ts';
import { explainLayer } from './explain.ts';
import type { LayerGraph, LayerNode } from './graph.ts';
import type { LayerRecord } from './layer-record.ts';

/** A layer and what is to be done with it. */
export interface PlannedNode extends LayerNode {
  /** `unneeded`: what needs it is there already. */
  action: 'build' | 'reuse' | 'unneeded';
  /** Where a layer that is reused is: `this engine`, or the registry/name of a cache. */
  where?: string;
  /** How long its last build took; undefined where none is known. */
  seconds: number | undefined;
  /** What differs from its last build, the first being the most telling; nothing for a layer that is as it was. */
  why: readonly Difference[];
}

/** What `halobox plan` shows and `halobox build` does. */
export interface Plan {
  /** By key, each after all that come before it. */
  nodes: ReadonlyMap<string, PlannedNode>;
  /** The key of each image's released layer. */
  released: ReadonlyMap<string, string>;
}

export interface PlanFacts {
  /** Where layers are, by reference; what is not in it is built. */
  held: ReadonlyMap<string, string>;
  /** Whether there was an engine to ask; default: yes. */
  engineAsked?: boolean;
  /** What a layer of an image was last built from. */
  lastBuild: (image: string, layer: string) => LayerRecord | undefined;
}

/**
 * Decides what is to be done with each layer, from the released ones down: what is there is reused, and what only
 * layers that are there would need is not needed at all.
 */
export function planOf(
  { nodes, released }: LayerGraph,
  { held, engineAsked = true, lastBuild }: PlanFacts,
): Plan {
  const wanted = new Set(released.values());
  for (const node of [...nodes.values()].reverse()) {
    if (!wanted.has(node.key) || held.has(node.reference)) continue;
    for (const key of node.after) wanted.add(key);
  }
  const planned = new Map<string, PlannedNode>();
  /** By key, the layer with which what differs in this one began. */
  const roots = new Map<string, PlannedNode>();
  for (const node of nodes.values()) {
    const where = held.get(node.reference);
    const action = !wanted.has(node.key) ? 'unneeded' : where === undefined ? 'build' : 'reuse';
    const last = lastOf(node, lastBuild);
    const { key, inputs } = node.recipe;
    // A layer that another image's build, or another machine, left there was not built here, and need not be.
    const known = last !== undefined || action === 'build';
    const causeOfParent = (parent: string) =>
      causeOf(inputs.parents[parent]!, roots.get(inputs.parents[parent]!)!);
    const differences = known ? explainLayer(last, { key, inputs }, causeOfParent) : [];
    const missing = action === 'build' && differences.length === 0;
    const one: PlannedNode = {
      ...node,
      action,
      ...(action === 'reuse' && { where: where! }),
      seconds: last?.seconds,
      why: missing ? [engineAsked ? gone : unasked] : differences,
    };
    planned.set(key, one);
    const [first] = differences;
    const below = first?.what === 'layer' ? inputs.parents[first.name!] : undefined;
    roots.set(key, below === undefined ? one : roots.get(below)!);
  }
  return { nodes: planned, released };
}

const gone: Difference = { what: 'gone', text: 'as last built, but not there any more' };
const unasked: Difference = {
  what: 'unasked',
  text: 'as last built; whether it is there could not be asked',
};

/** Of a layer that several images have: the build with its key, else the newest. */
function lastOf(
  { key, layer, images }: LayerNode,
  lastBuild: PlanFacts['lastBuild'],
): LayerRecord | undefined {
  const better = (a: LayerRecord, b: LayerRecord) =>
    (a.key === key) === (b.key === key) ? a.built > b.built : a.key === key;
  return images
    .map((image) => lastBuild(image, layer))
    .reduce((best, one) => (best === undefined || (one && better(one, best)) ? one : best), undefined);
}

/** Why a layer is another one than before, as the layers above it say: by itself, or through one further down. */
function causeOf(key: string, root: PlannedNode): string {
  if (root.key !== key) return `through ${root.layer}`;
  const [first] = root.why;
  if (!first || first === gone || first === unasked) return 'built since';
  return first.what === 'never-built' ? first.text : 'its own inputs';
}
