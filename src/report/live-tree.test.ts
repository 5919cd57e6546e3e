import { expect, test } from 'vitest';
import type { PlannedLayer } from './event.ts';
import { LiveTree } from './live-tree.ts';

const estimate = { jobs: 1, seconds: 0, path: [], unknown: [] };
const planned = (layer: string, action: PlannedLayer['action'], image?: string): PlannedLayer => ({
  ...{ layer, key: '', action, images: ['demo'], why: [] },
  ...(image !== undefined && { image }),
});

test('draws layers, steps, times and the last line of output', () => {
  const tree = new LiveTree();
  tree.take(
    {
      event: 'plan',
      images: [{ image: 'demo', version: '1' }],
      estimate,
      layers: [
        planned('base', 'reuse'),
        planned('toolchain', 'unneeded'),
        planned('rccl', 'build'),
        planned('final', 'build'),
      ],
    },
    0,
  );
  tree.take({ event: 'layer-started', layer: 'rccl', log: 'x' }, 1);
  tree.take({ event: 'step-started', layer: 'rccl', step: 1, total: 2, name: 'FROM base' }, 1);
  tree.take({ event: 'step-done', layer: 'rccl', step: 1, cached: true, seconds: 0.1 }, 1.1);
  tree.take({ event: 'step-started', layer: 'rccl', step: 2, total: 2, name: 'RUN ninja' }, 2);
  tree.take(
    { event: 'step-log', layer: 'rccl', step: 2, text: 'first\n\u001b[2J\u001b[31mred\u001b[0m line\n' },
    3,
  );
  expect(tree.busy).toBe(true);
  expect(tree.draw(64, 40)).toBe(
    [
      '= base   reused',
      '◐ rccl   building 1 min 3 s',
      '    1/2 FROM base  cached',
      '    2/2 RUN ninja  1 min 2 s',
      '      red line',
      '○ final  waiting',
    ].join('\n'),
  );
  tree.take({ event: 'layer-failed', layer: 'rccl', seconds: 70 }, 71);
  expect(tree.busy).toBe(false);
  expect(tree.draw(71, 40)).toContain('✗ rccl   failed 1 min 10 s');
});

test('cuts what is wider than the terminal', () => {
  const tree = new LiveTree();
  tree.take({ event: 'plan', images: [], estimate, layers: [planned('a-long-name', 'build')] }, 0);
  expect(tree.draw(0, 10)).toBe('○ a-long…');
});

test('layers of one name in two images are two', () => {
  const tree = new LiveTree();
  const layers = [planned('tools', 'build', 'one'), planned('tools', 'build', 'two')];
  tree.take({ event: 'plan', images: [], estimate, layers }, 0);
  tree.take({ event: 'layer-started', layer: 'tools', image: 'two', log: 'x' }, 1);
  expect(tree.draw(3, 40)).toBe('○ one/tools  waiting\n◐ two/tools  building 2.0 s');
});
