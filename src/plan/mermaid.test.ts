import { expect, test } from 'vitest';
import { layerGraph } from './graph.ts';
import { mermaidOf } from './mermaid.ts';
import { planOf } from './plan.ts';
import { recipeOf } from './testing/recipe-of.ts';

const base = recipeOf('base');
const rccl = recipeOf('rccl', [base]);
const end = recipeOf('end', [base], { after: ['rccl'] });

test('nodes by action, arrows by need, dotted ones where a layer only waits', () => {
  const graph = layerGraph([{ image: 'demo', recipes: [base, rccl, end] }]);
  const lastBuild = (_: string, layer: string) =>
    layer === 'rccl'
      ? ({ format: 1, key: rccl.key, inputs: rccl.inputs, seconds: 61.5, built: '' } as const)
      : undefined;
  const plan = planOf(graph, { held: new Map([[base.reference, 'this engine']]), lastBuild });
  expect(mermaidOf(plan)).toBe(`flowchart TD
  n0["base<br/>reuse"]:::reuse
  n1["rccl<br/>build, 1 min 2 s"]:::build
  n2["end<br/>build"]:::build
  n0 --> n1
  n0 --> n2
  n1 -.-> n2
  classDef build fill:#f8d7a4,stroke:#a85d00,color:#000
  classDef reuse fill:#c9e7c4,stroke:#2b7a24,color:#000
  classDef unneeded fill:#eeeeee,stroke:#999999,color:#555
`);
});

test('several images are named, and no name ends its quotes', () => {
  const odd = recipeOf('a"]-->b');
  const graph = layerGraph([
    { image: 'one', recipes: [odd] },
    { image: 'two', recipes: [odd] },
  ]);
  const text = mermaidOf(planOf(graph, { held: new Map(), lastBuild: () => undefined }));
  expect(text).toContain('  n0["a#34;#93;--#62;b<br/>one, two<br/>build"]:::build\n');
});

test('what a cache has is told with the name of the cache', () => {
  const graph = layerGraph([{ image: 'demo', recipes: [base, rccl] }]);
  const held = new Map([[base.reference, 'localhost:5000/team/layers']]);
  expect(mermaidOf(planOf(graph, { held, lastBuild: () => undefined }))).toContain(
    '  n0["base<br/>reuse, from localhost#58;5000#47;team#47;layers"]:::reuse\n',
  );
});
