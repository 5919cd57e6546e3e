import { expect, test } from 'vitest';
import { LiveTree } from './live-tree.ts';

test('draws layers, steps, times and the last line of output', () => {
  const tree = new LiveTree();
  tree.take(
    {
      event: 'plan',
      image: 'demo',
      version: '1',
      layers: [
        { layer: 'base', key: '', action: 'reuse' },
        { layer: 'toolchain', key: '', action: 'unneeded' },
        { layer: 'rccl', key: '', action: 'build' },
        { layer: 'final', key: '', action: 'build' },
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
  tree.take(
    { event: 'plan', image: 'd', version: '1', layers: [{ layer: 'a-long-name', key: '', action: 'build' }] },
    0,
  );
  expect(tree.draw(0, 10)).toBe('○ a-long…');
});
