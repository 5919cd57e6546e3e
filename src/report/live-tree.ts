import { stripVTControlCharacters } from 'node:util';
import type { ReportEvent } from './event.ts';
import { layerText } from './layer-name.ts';
import { secondsText } from './seconds.ts';

interface Step {
  name: string;
  started: number;
  seconds?: number;
  cached?: boolean;
}

interface LiveLayer {
  state: 'waiting' | 'building' | 'built' | 'reused' | 'failed';
  started?: number;
  seconds?: number;
  total?: number;
  steps: Map<number, Step>;
  lastLine?: string;
}

const mark = { waiting: '○', building: '◐', built: '●', reused: '=', failed: '✗' } as const;

/** The layers of a running build and their steps: events in, text for a terminal out. The clock is an argument. */
export class LiveTree {
  readonly #layers = new Map<string, LiveLayer>();

  /** @param now seconds on a clock that never goes back. */
  take(event: ReportEvent, now: number): void {
    if (event.event === 'plan') {
      for (const { action, ...name } of event.layers) {
        if (action === 'unneeded') continue;
        const state = action === 'reuse' ? 'reused' : 'waiting';
        this.#layers.set(layerText(name), { state, steps: new Map() });
      }
      return;
    }
    const layer = 'layer' in event ? this.#layers.get(layerText(event)) : undefined;
    if (!layer) return;
    switch (event.event) {
      case 'layer-started':
        layer.state = 'building';
        layer.started = now;
        return;
      case 'step-started':
        layer.steps.set(event.step, { name: event.name, started: now });
        if (event.total !== undefined) layer.total = event.total;
        return;
      case 'step-log':
        // A compiler's colours or a download's cursor movements must not reach the drawing.
        layer.lastLine =
          stripVTControlCharacters(event.text)
            .trimEnd()
            .split(/[\r\n]/)
            .at(-1) ?? '';
        return;
      case 'step-done': {
        const step = layer.steps.get(event.step);
        if (step) Object.assign(step, { seconds: event.seconds, cached: event.cached });
        return;
      }
      case 'layer-done':
      case 'layer-failed':
        layer.state = event.event === 'layer-done' ? 'built' : 'failed';
        layer.seconds = event.seconds;
    }
  }

  /** True while a layer is being built. */
  get busy(): boolean {
    return [...this.#layers.values()].some(({ state }) => state === 'building');
  }

  /** @param columns of the terminal; longer lines are cut. */
  draw(now: number, columns: number): string {
    const lines: string[] = [];
    const names = [...this.#layers.keys()];
    const width = Math.max(0, ...names.map((name) => name.length));
    for (const [name, layer] of this.#layers) {
      const time = layer.seconds ?? (layer.started === undefined ? undefined : now - layer.started);
      lines.push(
        `${mark[layer.state]} ${name.padEnd(width)}  ${layer.state}${time === undefined ? '' : ` ${secondsText(time)}`}`,
      );
      if (layer.state === 'building') lines.push(...stepLines(layer, now));
    }
    return lines
      .map((line) => (line.length > columns - 1 ? `${line.slice(0, columns - 2)}…` : line))
      .join('\n');
  }
}

function stepLines(layer: LiveLayer, now: number): string[] {
  const lines = [...layer.steps].map(([number, step]) => {
    const time = step.cached ? 'cached' : secondsText(step.seconds ?? now - step.started);
    return `    ${number}${layer.total ? `/${layer.total}` : ''} ${step.name}  ${time}`;
  });
  return layer.lastLine ? [...lines, `      ${layer.lastLine}`] : lines;
}
