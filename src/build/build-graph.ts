import { chainLabel } from '../assemble/layer-chain.ts';
import type { Engine } from '../engine/engine.ts';
import { estimateOf } from '../plan/estimate.ts';
import type { LayerGraph } from '../plan/graph.ts';
import { label, layerLabels } from '../plan/labels.ts';
import { type Plan, planOf } from '../plan/plan.ts';
import type { PlannedLayer, Reporter } from '../report/event.ts';
import { type LayerName, layerNames } from '../report/layer-name.ts';
import type { Ahead } from './assemble-ahead.ts';
import { buildLayers, type LayersEnd } from './build-layers.ts';
import { heldLayers } from './held-layers.ts';
import type { BuildOptions, ImageBuild } from './image-build.ts';
import { adoptLayerRecords, readLayerRecord } from './layer-records.ts';
import type { PendingStores } from './pending-stores.ts';
import { symbolChecks } from './symbol-checks.ts';

/**
 * Plans the layers of all images, tells the plan, and builds what has to be built.
 * @throws Interrupted; EngineError where the engine does not answer. What became of layers is in the result.
 */
export async function buildGraph(
  engine: Engine,
  graph: LayerGraph,
  images: readonly ImageBuild[],
  options: BuildOptions,
  stores: PendingStores,
  ahead: Ahead,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<LayersEnd> {
  const { stateFolder, time, jobs, keepGoing, cache } = options;
  for (const swept of await engine.sweep()) reporter.report({ event: 'note', text: swept });
  const plan = planOf(graph, {
    held: await heldLayers(engine, graph, async (recipe) => cache?.fetch(recipe, engine, signal)),
    lastBuild: (image, layer) => readLayerRecord(stateFolder, image, layer),
  });
  const nodes = [...plan.nodes.values()];
  // Loaded before what may take hours, in which somebody may put another halobox in this one's place.
  if (nodes.some(({ action }) => action === 'build')) await import('../assemble/assemble-image.ts');
  adoptLayerRecords(stateFolder, nodes);
  const names = layerNames(nodes);
  reporter.report({
    event: 'plan',
    images: images.map(({ image, settings }) => ({
      image: image.definition.image,
      version: settings.version,
    })),
    layers: plannedLayers(plan, names),
    estimate: { jobs, ...estimateOf(plan, jobs) },
  });
  // Also what is not needed now: who changes a script elsewhere needs all that lies below.
  for (const { action, recipe } of nodes) if (action !== 'build') stores.add(recipe);
  return buildLayers(
    engine,
    {
      plan: nodes,
      names,
      beforeBuild: symbolChecks(engine, images, reporter, signal),
      afterBuild: ahead.built,
      labelsOf: async (recipe) => ({
        ...layerLabels(recipe),
        ...(await chainLabel(engine, recipe.parent)),
      }),
      isThere: async ({ reference, key }) =>
        (await engine.inspectImage(reference))?.labels[label.key] === key,
      ...{ jobs, keepGoing, stateFolder, time, stores },
    },
    reporter,
    signal,
  );
}

function plannedLayers({ nodes }: Plan, names: ReadonlyMap<string, LayerName>): PlannedLayer[] {
  return Array.from(nodes.values(), ({ key, images, action, where, seconds, why }) => ({
    ...names.get(key)!,
    ...{ key, images, action, why },
    ...(where !== undefined && { where }),
    ...(seconds !== undefined && { seconds }),
  }));
}
