import type { CatalogImage } from '../catalog/catalog.ts';
import type { Engine, ImageFacts } from '../engine/engine.ts';
import { markInUse } from '../gc/in-use.ts';
import { Interrupted } from '../model/error.ts';
import { assemblyOf } from '../plan/assembly.ts';
import { layerGraph } from '../plan/graph.ts';
import { label, layerLabels, releaseLabels } from '../plan/labels.ts';
import { planOf } from '../plan/plan.ts';
import type { Inputs, Recipe } from '../plan/recipe.ts';
import type { Settings } from '../plan/settings.ts';
import type { LayerCache } from '../registry/layer-cache.ts';
import type { Reporter } from '../report/event.ts';
import { stopwatch } from '../report/seconds.ts';
import { assembleRelease } from './assemble-release.ts';
import { buildLayers } from './build-layers.ts';
import { checkBudget } from './check-budget.ts';
import { ensureContract } from './check-contract.ts';
import { heldLayers } from './held-layers.ts';
import { inspected } from './inspected.ts';
import { adoptLayerRecords, readLayerRecord } from './layer-records.ts';
import { type PendingStores, pendingStores } from './pending-stores.ts';
import { missingTags, releaseReferences } from './release-tags.ts';

export interface ImageBuild {
  image: CatalogImage;
  inputs: Inputs;
  settings: Settings;
  /** Parents before children; the last one is released. */
  recipes: readonly Recipe[];
  stateFolder: string;
  /** When this build is made: goes into tags. */
  time: Date;
  /** What the image tells of where it comes from; asked for when it is put together. */
  origin(): Promise<{ revision: string | undefined; created: Date }>;
  cacheFolder: string;
  /** Most layers that are built at a time. */
  jobs: number;
  /** After a failure go on with the layers that do not depend on it. */
  keepGoing: boolean;
  /** Where layers may be had instead of built, and are put. */
  cache?: LayerCache | undefined;
}

export interface BuiltRelease {
  id: string;
  /** `<image>:<tag>`, sorted. */
  tags: readonly string[];
}

/**
 * Builds the layers that the engine does not hold, checks the contract, and only then gives the image its tags.
 * @throws EngineError (exit 6), ContractFailed (exit 5), Interrupted; in each case no tag has moved.
 */
export async function buildImage(
  engine: Engine,
  build: ImageBuild,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<BuiltRelease> {
  const stores = pendingStores(build.cache, engine, signal);
  // So that `gc` leaves them alone.
  const { key } = assemblyOf(build.image.definition, build.recipes);
  const keys = [...build.recipes.map((recipe) => recipe.key), key];
  const used = await markInUse(keys.map((one) => `layer ${engine.endpoint} ${one}`));
  try {
    return await buildAndTag(engine, build, stores, reporter, signal);
  } finally {
    await stores.done();
    used.release();
  }
}

async function buildAndTag(
  engine: Engine,
  build: ImageBuild,
  stores: PendingStores,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<BuiltRelease> {
  const seconds = stopwatch();
  const { definition } = build.image;
  const assembly = assemblyOf(definition, build.recipes);
  for (const swept of await engine.sweep()) reporter.report({ event: 'note', text: swept });
  const graph = layerGraph([{ image: definition.image, recipes: build.recipes }]);
  const { nodes } = planOf(graph, {
    held: await heldLayers(engine, graph, async (recipe) =>
      Boolean(await build.cache?.fetch(recipe, engine, signal)),
    ),
    lastBuild: (image, layer) => readLayerRecord(build.stateFolder, image, layer),
  });
  const plan = [...nodes.values()];
  adoptLayerRecords(build.stateFolder, definition.image, plan);
  reporter.report({
    event: 'plan',
    image: definition.image,
    version: build.settings.version,
    layers: plan.map(({ layer, key, action }) => ({ layer, key, action })),
  });

  for (const { action, recipe } of plan) if (action === 'reuse') stores.add(recipe);
  const patched = build.inputs.rccl?.decided === 'patched';
  await buildLayers(
    engine,
    {
      image: definition.image,
      recipes: build.recipes,
      plan,
      rccl: patched ? definition.rccl : undefined,
      labelsOf: layerLabels,
      isThere: (recipe) => isThere(engine, recipe),
      jobs: build.jobs,
      keepGoing: build.keepGoing,
      stateFolder: build.stateFolder,
      time: build.time,
      stores,
    },
    reporter,
    signal,
  );

  const { image: name, contract, budget } = definition;
  const facts = await assembleRelease(
    engine,
    {
      assembly,
      facts: async () => {
        const origin = await build.origin();
        return {
          labels: releaseLabels(definition, build.inputs, build.settings, origin),
          created: origin.created,
        };
      },
      cache: build.cacheFolder,
    },
    reporter,
    signal,
  );
  checkBudget(name, facts.size, budget, build.image.place(['budget']));
  const options = { stateFolder: build.stateFolder, again: false };
  await ensureContract(engine, { id: facts.id, name, contract }, options, reporter, signal);
  if (signal.aborted) throw new Interrupted();
  const tags = await tagRelease(engine, build, facts);
  reporter.report({ event: 'tagged', id: facts.id, tags });
  await stores.done();
  const count = (wanted: string) => plan.filter(({ action }) => action === wanted).length;
  reporter.report({
    event: 'done',
    image: name,
    built: count('build'),
    reused: count('reuse'),
    seconds: seconds(),
  });
  return { id: facts.id, tags };
}

async function isThere(engine: Engine, recipe: Recipe): Promise<boolean> {
  return (await engine.inspectImage(recipe.reference))?.labels[label.key] === recipe.key;
}

async function tagRelease(
  engine: Engine,
  { image, settings, time }: ImageBuild,
  facts: ImageFacts,
): Promise<string[]> {
  for (const reference of missingTags(image.definition, settings.version, time, facts.tags)) {
    await engine.tag(facts.id, reference);
  }
  const { tags } = await inspected(engine, facts.id);
  return releaseReferences(image.definition.image, tags);
}
