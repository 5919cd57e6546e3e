import type { BuildEvent } from './engine.ts';
import type { StepFailure } from './step-failure.ts';

/** `STEP 2/5: RUN make`, `[1/2] STEP 2/5: RUN make` */
const stepLine = /^(?:\[(\d+)\/(\d+)\] )?STEP (\d+)\/(\d+): (.*)$/;
const commitLine = /^(?:\[\d+\/\d+\] )?COMMIT\b/;
/** `--> 4bec92cf98c`, in newer versions with quotes or `sha256:` and 12 digits */
const doneLine = /^--> (?:sha256:)?([0-9a-f]{10,64})$/;
const cacheLine = /^--> Using cache (?:sha256:)?([0-9a-f]{10,64})$/;
/** `Error: building at STEP "RUN false": while running runtime: exit status 1`; quotes in the step are not escaped. */
const errorLine = /^Error: (.*)$/s;
const errorStep = /^(?:error )?building at STEP "(.*)": (.*)$/s;
/** The result's id, which podman prints at the end. */
const idLine = /^[0-9a-f]{64}$/;

interface Step {
  /** As podman counts, within its stage. */
  inStage: number;
  number: number;
  name: string;
  started: number;
  cached: boolean;
}

/** Reads what `podman build` prints. Its lines and those of the RUN steps share one stream, so both are looked at. */
export class PodmanProgress {
  /** Images that this build made, in podman's short form; the last one is the result, once it succeeds. */
  readonly made: string[] = [];
  /** Images of earlier builds that this one used. */
  readonly reused: string[] = [];

  readonly #now: () => number;
  #step: Step | undefined;
  #last: Step | undefined;
  #stage = 1;
  #stageTotal = 0;
  #offset = 0;
  #error: string | undefined;
  #committing = false;

  /** @param now seconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The step that was running when podman failed, and podman's words. */
  get failure(): StepFailure | undefined {
    if (this.#error === undefined) return undefined;
    const named = errorStep.exec(this.#error);
    if (!named || !this.#last) return { message: this.#error };
    const { number: step, name } = this.#last;
    // The step is named beside the message already.
    const own = `"${name}": `;
    const at = this.#error.indexOf(own);
    return { step, name, message: at < 0 ? named[2]! : this.#error.slice(at + own.length) };
  }

  stdout(line: string): BuildEvent[] {
    const step = stepLine.exec(line);
    if (step && this.#isNext(Number(step[1] ?? 1), Number(step[3]))) return this.#begin(step);
    const cache = cacheLine.exec(line);
    if (cache) {
      if (this.#step) this.#step.cached = true;
      this.reused.push(cache[1]!);
      return [];
    }
    const done = doneLine.exec(line);
    if (done) {
      if (!this.#last?.cached) this.made.push(done[1]!);
      return this.#end();
    }
    // Only behind the last step; a RUN before it may print such a word.
    if (commitLine.test(line) && this.#last?.inStage === this.#stageTotal) {
      this.#committing = true;
      return [];
    }
    if (this.#committing || (this.#step === undefined && idLine.test(line))) return [];
    return this.#log(line);
  }

  stderr(line: string): BuildEvent[] {
    const error = errorLine.exec(line);
    // A RUN may print such a line as well; podman's own is the last.
    if (error) this.#error = error[1]!;
    // Several errors are listed below such a line.
    else if (this.#error !== undefined && line.startsWith('\t* ')) this.#error += ` ${line.slice(3)}`;
    return this.#log(line);
  }

  end(): BuildEvent[] {
    return this.#error === undefined ? this.#end() : [];
  }

  /** A RUN that prints something like a step is not taken for one, unless it guesses the next number. */
  #isNext(stage: number, number: number): boolean {
    if (number === 1) return this.#last === undefined || stage > this.#stage;
    return stage === this.#stage && number === (this.#last?.inStage ?? 0) + 1;
  }

  #begin([, stage, , number, total, name]: RegExpExecArray): BuildEvent[] {
    const events = this.#end();
    if (Number(number) === 1 && this.#last !== undefined) this.#offset += this.#stageTotal;
    this.#stage = Number(stage ?? 1);
    this.#stageTotal = Number(total);
    this.#committing = false;
    const inStage = Number(number);
    const step = {
      inStage,
      number: this.#offset + inStage,
      name: name!,
      started: this.#now(),
      cached: false,
    };
    this.#step = this.#last = step;
    return [
      ...events,
      { type: 'step-started', step: step.number, total: this.#offset + this.#stageTotal, name: step.name },
    ];
  }

  #end(): BuildEvent[] {
    const step = this.#step;
    if (!step) return [];
    this.#step = undefined;
    return [
      { type: 'step-done', step: step.number, cached: step.cached, seconds: this.#now() - step.started },
    ];
  }

  /** stderr may come late, after its step is done. */
  #log(text: string): BuildEvent[] {
    if (this.#last) return [{ type: 'step-log', step: this.#last.number, text }];
    return text.trim() === '' ? [] : [{ type: 'note', text }];
  }
}
