import { estimateOf } from '../src/plan/estimate.ts';
import { layerGraph, type PlannedImage } from '../src/plan/graph.ts';
import type { LayerRecord } from '../src/plan/layer-record.ts';
import { planOf } from '../src/plan/plan.ts';
import { planDocument } from '../src/plan/plan-document.ts';
import { largeCatalog } from '../src/plan/testing/large-catalog.ts';

/**
 * Plans as many images of ten layers as are asked for, once: rendering, keys, graph, explanation of every layer, the
 * estimate and the document; nothing is warm. Prints seconds and bytes.
 */
const count = Number(process.argv[2]);
const last = new Map(largeCatalog(count, 1).flatMap(recordsOf));
const start = performance.now();
const plan = planOf(layerGraph(largeCatalog(count, 2)), {
  held: new Map(),
  lastBuild: (image, layer) => last.get(`${image}/${layer}`),
});
JSON.stringify(planDocument(plan, new Set(), { jobs: 4, ...estimateOf(plan, 4) }, undefined, false));
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, peak: process.resourceUsage().maxRSS * 1024 }));

function recordsOf({ image, recipes }: PlannedImage): [string, LayerRecord][] {
  return recipes.map(({ layer, key, inputs }) => [
    `${image}/${layer}`,
    { format: 1, key, inputs, seconds: 10, built: '2026-11-01T00:00:00Z' },
  ]);
}
