import { availableParallelism } from 'node:os';
import { heldLayers } from '../../build/held-layers.ts';
import { readLayerRecord } from '../../build/layer-records.ts';
import { readCatalog } from '../../catalog/catalog.ts';
import type { Engine } from '../../engine/engine.ts';
import { findEngine } from '../../engine/find-engine.ts';
import { EngineError } from '../../model/error.ts';
import { estimateOf } from '../../plan/estimate.ts';
import { layerGraph, type PlannedImage } from '../../plan/graph.ts';
import { mermaidOf } from '../../plan/mermaid.ts';
import { planOf } from '../../plan/plan.ts';
import { planDocument } from '../../plan/plan-document.ts';
import type { Reporter } from '../../report/event.ts';
import { plainReporter } from '../../report/plain.ts';
import { writeDocument } from '../output.ts';
import { planText } from '../plan-text.ts';
import { type InputFlags, prepare } from '../prepare.ts';
import type { Surroundings } from '../surroundings.ts';

export interface PlanOptions extends InputFlags {
  engine?: string;
  jobs?: number;
  explain?: boolean;
  mermaid?: boolean;
}

/** Like `build` up to the first layer, for several images at once; changes nothing on the engine. */
export async function plan(
  names: readonly string[],
  options: PlanOptions,
  surroundings: Surroundings,
): Promise<void> {
  const talk = plainReporter((text) => surroundings.stderr.write(text));
  const catalog = readCatalog(surroundings.root);
  const images: PlannedImage[] = [];
  for (const name of new Set(names)) {
    const { image, recipes } = await prepare(name, options, surroundings, talk, catalog);
    images.push({ image: image.definition.image, recipes });
  }
  const graph = layerGraph(images);
  const engine = await engineIfAny(options.engine, surroundings, talk);
  try {
    const { state } = surroundings.folders;
    const planned = planOf(graph, {
      held: engine && (await heldLayers(engine, graph)),
      lastBuild: (image, layer) => readLayerRecord(state, image, layer),
    });
    const jobs = options.jobs ?? Math.min(availableParallelism(), 4);
    const explain = options.explain ?? false;
    const estimate = { jobs, ...estimateOf(planned, jobs) };
    if (options.json) writeDocument(surroundings, planDocument(planned, estimate, engine, explain));
    else if (options.mermaid) surroundings.stdout.write(mermaidOf(planned));
    else surroundings.stdout.write(planText(planned, estimate, explain));
  } finally {
    await engine?.close();
  }
}

/** Without an engine everything that can't be known is built, and the person hears why. */
async function engineIfAny(
  name: string | undefined,
  surroundings: Surroundings,
  talk: Reporter,
): Promise<Engine | undefined> {
  try {
    const engine = await findEngine(name, surroundings);
    const { kind, version, endpoint, foundBy, rootless } = engine;
    talk.report({ event: 'engine', kind, version, endpoint, foundBy, rootless });
    return engine;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const text = `${error.facts.what}: every layer is planned to be built (halobox engines shows what was tried)`;
    talk.report({ event: 'note', text });
    return undefined;
  }
}
