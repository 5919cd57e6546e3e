import { expect, test } from 'vitest';
import { buildOrder, findCycle, orderedAfter, withoutNode } from './layer-graph.ts';

const graph = {
  app: { needs: ['base', 'rccl', 'torch'] },
  base: { needs: [] },
  bench: { needs: ['base', 'rccl'] },
  rccl: { needs: ['base'] },
  torch: { needs: ['base'] },
  whole: { needs: ['app', 'bench'] },
};

test('what needs a node comes after others too, and only in the order', () => {
  expect(buildOrder(graph, 'whole')).toEqual(['base', 'rccl', 'torch', 'app', 'bench', 'whole']);
  const ordered = orderedAfter({ ...graph, whole: { needs: ['bench', 'app'] } }, 'rccl', ['torch', 'rccl']);
  expect(ordered.bench?.needs).toEqual(['base', 'rccl', 'torch']);
  expect(ordered.app?.needs).toEqual(['base', 'rccl', 'torch']);
  expect(ordered.rccl?.needs).toEqual(['base']);
  expect(buildOrder(ordered, 'bench')).toEqual(['base', 'rccl', 'torch', 'bench']);
});

test('an order that cannot be is a circle', () => {
  expect(findCycle(orderedAfter(graph, 'rccl', ['torch']))).toBeUndefined();
  expect(findCycle(orderedAfter(graph, 'rccl', ['bench']))).toContain('bench');
});

test('a node goes with what only it needed', () => {
  expect(withoutNode(graph, 'app', 'whole')).toEqual({
    base: { needs: [] },
    bench: { needs: ['base', 'rccl'] },
    rccl: { needs: ['base'] },
    whole: { needs: ['bench'] },
  });
});
