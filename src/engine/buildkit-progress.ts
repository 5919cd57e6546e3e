import type { BuildkitStatus, Vertex } from './buildkit-status.ts';
import type { BuildEvent } from './engine.ts';
import { Lines } from './lines.ts';
import { stageOrder } from './stage-order.ts';
import type { StepFailure } from './step-failure.ts';

interface Step {
  stage: string;
  inStage: number;
  name: string;
  lines: Lines;
  state: 'waiting' | 'running' | 'done';
}

/** `[2/4] RUN …`, `[build 1/3] FROM …`; `[internal] …` and `exporting to image` are no steps. */
const stepName = /^\[(?:(\S+) +)?(\d+)\/(\d+)\] (.*)$/s;

/** Turns BuildKit's statuses into build events and remembers which step failed. */
export class BuildkitProgress {
  /** The step that failed, and BuildKit's words about it. */
  failure: StepFailure | undefined;

  readonly #steps = new Map<string, Step>();
  /** How many steps each stage has. */
  readonly #stages = new Map<string, number>();
  /** How many steps come before a stage's first; settled when the first step starts. */
  readonly #offsets = new Map<string, number>();
  readonly #inputs = new Map<string, readonly string[]>();
  readonly #exports = new Set<string>();
  /** Of the stages whose offsets are settled. */
  #settled = 0;

  take(status: BuildkitStatus): BuildEvent[] {
    const events: BuildEvent[] = [];
    // Every vertex of a message is known before the first is told: the stages are numbered once all are known.
    for (const vertex of status.vertexes) this.#announce(vertex);
    for (const vertex of status.vertexes) {
      events.push(...this.#started(vertex));
      // A quick step starts, speaks and ends in one message.
      if (vertex.completed !== undefined || vertex.error !== '') {
        events.push(...this.#logs(status, vertex.digest), ...this.#completed(vertex));
      }
    }
    events.push(...this.#logs(status));
    for (const { short, url } of status.warnings) {
      const text = Buffer.from(short).toString();
      events.push({ type: 'note', text: url ? `${text} (${url})` : text });
    }
    return events;
  }

  /** Of one vertex, or of all that still run. */
  #logs({ logs }: BuildkitStatus, digest?: string): BuildEvent[] {
    return logs.flatMap(({ vertex, msg }) => {
      const step = this.#steps.get(vertex);
      const wanted =
        digest === undefined ? step?.state !== 'done' : vertex === digest && step?.state === 'running';
      return step && wanted ? step.lines.push(msg).map((text) => this.#log(step, text)) : [];
    });
  }

  #announce({ digest, inputs, name }: Vertex): void {
    this.#inputs.set(digest, inputs);
    if (this.#steps.has(digest)) return;
    const match = stepName.exec(name);
    if (!match) return;
    const stage = match[1] ?? '';
    this.#stages.set(stage, Number(match[3]));
    this.#steps.set(digest, {
      stage,
      inStage: Number(match[2]),
      name: match[4]!,
      lines: new Lines(),
      state: 'waiting',
    });
  }

  #number({ stage, inStage }: Step): number {
    if (!this.#offsets.has(stage)) {
      for (const name of stageOrder(this.#inputs, this.#steps)) {
        if (!this.#offsets.has(name)) this.#offsets.set(name, this.#settled);
        this.#settled = Math.max(this.#settled, this.#offsets.get(name)! + this.#stages.get(name)!);
      }
    }
    return this.#offsets.get(stage)! + inStage;
  }

  #started({ digest, name, started }: Vertex): BuildEvent[] {
    if (started === undefined) return [];
    const step = this.#steps.get(digest);
    if (!step) {
      // Exporting a large image takes minutes in which nothing else is told.
      if (!name.startsWith('exporting') || this.#exports.has(digest)) return [];
      this.#exports.add(digest);
      return [{ type: 'note', text: name }];
    }
    if (step.state !== 'waiting') return [];
    step.state = 'running';
    const number = this.#number(step);
    return [{ type: 'step-started', step: number, total: this.#settled, name: step.name }];
  }

  #completed({ digest, name, started, completed, cached, error }: Vertex): BuildEvent[] {
    const step = this.#steps.get(digest);
    // Steps that ran beside the failing one end with "context canceled"; the first other error is the cause.
    if (error !== '' && (!this.failure || this.failure.message.includes('context canceled'))) {
      this.failure = step
        ? { step: this.#number(step), name: step.name, message: error }
        : { name, message: error };
    }
    if (step?.state !== 'running' || completed === undefined) return [];
    step.state = 'done';
    const events: BuildEvent[] = step.lines.end().map((text) => this.#log(step, text));
    if (error === '') {
      const seconds = Math.max(0, completed - (started ?? completed));
      events.push({ type: 'step-done', step: this.#number(step), cached, seconds });
    }
    return events;
  }

  #log(step: Step, text: string): BuildEvent {
    return { type: 'step-log', step: this.#number(step), text };
  }
}
