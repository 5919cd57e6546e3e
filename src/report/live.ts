import { createLogUpdate } from 'log-update';
import type { Reporter } from './event.ts';
import { eventLines } from './lines.ts';
import { LiveTree } from './live-tree.ts';

/** Events that the tree shows; everything else scrolls above it. */
const shownByTree = new Set(['layer-started', 'step-started', 'step-log', 'step-done', 'layer-done']);

/** Redraws the tree of layers at the foot of a terminal; finished news scroll above it. */
export function liveReporter(terminal: NodeJS.WriteStream): Reporter {
  const tree = new LiveTree();
  const update = createLogUpdate(terminal);
  const now = () => performance.now() / 1000;
  const draw = () => update(tree.draw(now(), terminal.columns ?? 80));
  const timer = setInterval(() => tree.busy && draw(), 100);
  timer.unref();
  return {
    report(event) {
      tree.take(event, now());
      if (shownByTree.has(event.event)) return;
      const lines = eventLines(event);
      if (lines === undefined) return;
      update.clear();
      terminal.write(`${lines}\n`);
    },
    close() {
      clearInterval(timer);
      if (tree.busy) draw();
      update.done();
    },
  };
}
