import { expect, test } from 'vitest';
import { estimateOf } from './estimate.ts';
import { layerGraph } from './graph.ts';
import { planOf } from './plan.ts';
import { largeCatalog } from './testing/large-catalog.ts';

test('200 images of ten layers are planned within a second, each shared layer once', () => {
  const last = new Map(
    largeCatalog(200, 1).flatMap(({ image, recipes }) =>
      recipes.map(({ layer, key, inputs }) => [
        `${image}/${layer}`,
        { format: 1 as const, key, inputs, seconds: 10, built: '2026-11-01T00:00:00Z' },
      ]),
    ),
  );
  const images = largeCatalog(200, 2);
  const start = performance.now();
  const graph = layerGraph(images);
  const lastBuild = (image: string, layer: string) => last.get(`${image}/${layer}`);
  const plan = planOf(graph, { held: new Map(), lastBuild });
  const { seconds, path } = estimateOf(plan, 4);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(plan.nodes.size).toBe(3 + 3 * 50 + 4 * 200);
  expect([...plan.nodes.values()][0]?.images).toHaveLength(200);
  for (const { why } of plan.nodes.values()) expect(why[0]?.text).toBe('package package-7 1.0-1 → 1.0-2');
  expect(path).toEqual(['base', 'rocm', 'torch', 'compiler', 'attention', 'engine', 'final']);
  // All four are busy but for the start and the end.
  expect(seconds).toBeGreaterThanOrEqual((plan.nodes.size * 10) / 4);
  expect(seconds).toBeLessThan((plan.nodes.size * 10) / 4 + 100);
});
