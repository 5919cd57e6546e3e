import type { EngineError } from '../model/error.ts';
import { BuildFailed } from './build-failed.ts';
import type { BuildEvent } from './engine.ts';
import { type FailureContext, isDiskFull, nextStep } from './failure.ts';

/** A longer message of an engine shows its end: that is where the cause stands. */
const longest = 400;

/** buildah prints the whole of an internal structure in front of the cause of a failed COPY. */
const copierRequest = /error during bulk transfer for copier\.request\{.*\}: /s;

/** What went wrong, as an engine's progress tells it. */
export interface StepFailure {
  step?: number;
  name?: string;
  message: string;
}

/**
 * Remembers in which step the disk ran full: then the compiler or package manager of that step says so, and the engine
 * only that a command failed.
 */
export class DiskWatch {
  #step: number | undefined;

  see(event: BuildEvent): void {
    if (event.type === 'step-log' && isDiskFull(event.text)) this.#step = event.step;
  }

  happenedIn(step: number | undefined): boolean {
    return step !== undefined && step === this.#step;
  }
}

export function stepFailure(at: StepFailure, disk: DiskWatch, context: FailureContext): EngineError {
  const said = at.message.replace(copierRequest, '');
  const message = said.length > longest ? `…${said.slice(-longest)}` : said;
  const name = at.step === undefined ? undefined : at.name;
  if (isDiskFull(at.message)) {
    return new BuildFailed(message, context.endpoint, at.step, name, nextStep(at.message, context));
  }
  if (disk.happenedIn(at.step)) {
    const full = `${message} (no space left on device)`;
    return new BuildFailed(full, context.endpoint, at.step, name, nextStep(full, context));
  }
  return new BuildFailed(message, context.endpoint, at.step, name);
}
