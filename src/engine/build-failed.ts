import { EngineError } from '../model/error.ts';

/** A step of a Containerfile failed on the engine. */
export class BuildFailed extends EngineError {
  /** Number of the failing step, counted from 1; undefined when the engine failed outside of a step. */
  readonly step: number | undefined;
  /** The step as the Containerfile has it, e.g. `RUN ninja -C /build`. */
  readonly stepName: string | undefined;
  /** The engine's own words. */
  override readonly message: string;

  constructor(message: string, endpoint: string, step?: number, stepName?: string, next?: string) {
    super({ what: message, where: endpoint, ...(next !== undefined && { next }) });
    this.message = message;
    this.step = step;
    this.stepName = stepName;
  }
}
