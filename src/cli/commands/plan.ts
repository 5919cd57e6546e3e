import { heldLayers } from '../../build/held-layers.ts';
import { readLayerRecord } from '../../build/layer-records.ts';
import type { Engine } from '../../engine/engine.ts';
import { findEngine } from '../../engine/find-engine.ts';
import { EngineError } from '../../model/error.ts';
import { estimateOf } from '../../plan/estimate.ts';
import { layerGraph } from '../../plan/graph.ts';
import { mermaidOf } from '../../plan/mermaid.ts';
import { planOf } from '../../plan/plan.ts';
import { planDocument } from '../../plan/plan-document.ts';
import { layerCacheOf } from '../../registry/open-layer-cache.ts';
import type { Reporter } from '../../report/event.ts';
import { plainReporter } from '../../report/plain.ts';
import { usualJobs } from '../flags.ts';
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
  const cache = layerCacheOf(cacheFlags, surroundings, (event) => talk.report(event));
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
    if (options.json) writeDocument(surroundings, planDocument(planned, estimate, engine, explain));
    else if (options.mermaid) surroundings.stdout.write(mermaidOf(planned));
    else surroundings.stdout.write(planText(planned, estimate, explain));
  } finally {
    await engine?.close();
  }
}

/** Without an engine what can't be known is built, and the person hears why. @param otherwise what that is. */
async function engineIfAny(
  name: string | undefined,
  surroundings: Surroundings,
  talk: Reporter,
  otherwise: string,
): Promise<Engine | undefined> {
  try {
    const engine = await findEngine(name, surroundings);
    const { kind, version, endpoint, foundBy, rootless } = engine;
    talk.report({ event: 'engine', kind, version, endpoint, foundBy, rootless });
    return engine;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const text = `${error.facts.what}: ${otherwise} is planned to be built (halobox engines shows what was tried)`;
    talk.report({ event: 'note', text });
    return undefined;
  }
}
