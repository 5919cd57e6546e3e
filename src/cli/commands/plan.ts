import { assembliesOf } from '../../build/assemblies.ts';
import { heldLayers } from '../../build/held-layers.ts';
import { readLayerRecord } from '../../build/layer-records.ts';
import type { Engine } from '../../engine/engine.ts';
import { findEngine } from '../../engine/find-engine.ts';
import { EngineError } from '../../model/error.ts';
import type { Assembly } from '../../plan/assembly.ts';
import { estimateOf } from '../../plan/estimate.ts';
import { layerGraph } from '../../plan/graph.ts';
import { label } from '../../plan/labels.ts';
import { mermaidOf } from '../../plan/mermaid.ts';
import { planOf } from '../../plan/plan.ts';
import { planDocument } from '../../plan/plan-document.ts';
import type { Reporter } from '../../report/event.ts';
import { plainReporter } from '../../report/plain.ts';
import { usualJobs } from '../flags.ts';
import { layerCacheOf } from '../layer-cache.ts';
import { originsOf } from '../origins-of.ts';
import { writeDocument } from '../output.ts';
import { planText } from '../plan-text.ts';
import { type InputFlags, prepareImages } from '../prepare.ts';
import type { Surroundings } from '../surroundings.ts';

export interface PlanOptions extends InputFlags {
  engine?: string;
  jobs?: number;
  cacheFrom: string[];
  explain?: boolean;
  mermaid?: boolean;
}

/** Like `build` up to the first layer; changes nothing on the engine. */
export async function plan(
  names: readonly string[],
  options: PlanOptions,
  surroundings: Surroundings,
): Promise<void> {
  const talk = plainReporter((text) => surroundings.stderr.write(text));
  const cacheFlags = { cacheFrom: options.cacheFrom, cacheTo: [] };
  const cache = await layerCacheOf(cacheFlags, surroundings, (event) => talk.report(event));
  const originOf = originsOf(names, surroundings);
  const { images } = await prepareImages(names, options, surroundings, talk);
  const graph = layerGraph(images.map(({ image, recipes }) => ({ image: image.definition.image, recipes })));
  const otherwise = cache ? 'what no cache has' : 'every layer';
  const engine = await engineIfAny(options.engine, surroundings, talk, otherwise);
  try {
    const { state } = surroundings.folders;
    const planned = planOf(graph, {
      held: await heldLayers(engine, graph, async (recipe) => cache?.has(recipe, surroundings.signal)),
      engineAsked: engine !== undefined,
      lastBuild: (image, layer) => readLayerRecord(state, image, layer),
    });
    const jobs = options.jobs ?? usualJobs();
    const explain = options.explain ?? false;
    const estimate = { jobs, ...estimateOf(planned, jobs) };
    const assembled = await assembledImages(engine, await assembliesOf(images, originOf));
    if (options.json)
      writeDocument(surroundings, planDocument(planned, assembled, estimate, engine, explain));
    else if (options.mermaid) surroundings.stdout.write(mermaidOf(planned));
    else surroundings.stdout.write(planText(planned, assembled, estimate, explain));
  } finally {
    await engine?.close();
  }
}

/** Images that the engine has put together as they would be now. */
async function assembledImages(
  engine: Engine | undefined,
  assemblies: ReadonlyMap<string, Assembly>,
): Promise<Set<string>> {
  const assembled = new Set<string>();
  for (const [image, { reference, key }] of assemblies) {
    if ((await engine?.inspectImage(reference))?.labels[label.key] === key) assembled.add(image);
  }
  return assembled;
}

/** Without an engine what can't be known is built, and the person hears why. @param otherwise what that is. */
async function engineIfAny(
  name: string | undefined,
  surroundings: Surroundings,
  talk: Reporter,
  otherwise: string,
): Promise<Engine | undefined> {
  let engine: Engine | undefined;
  try {
    engine = await findEngine(name, surroundings);
    // One that is known of old is not asked before; whether it answers shows in its first answer.
    await engine.inspectImage('localhost/halobox/none');
    const { kind, version, endpoint, foundBy, rootless } = engine;
    talk.report({ event: 'engine', kind, version, endpoint, foundBy, rootless });
    return engine;
  } catch (error) {
    await engine?.close();
    if (!(error instanceof EngineError)) throw error;
    const text = `${error.facts.what}: ${otherwise} is planned to be built (halobox engines shows what was tried)`;
    talk.report({ event: 'note', text });
    return undefined;
  }
}
