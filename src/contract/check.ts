import type { ImageFacts } from '../engine/engine.ts';

/** What a check found out. */
export interface Finding {
  passed: boolean;
  found: string;
  /** Where something better can be said than the check's own `next`. */
  next?: string;
}

/** What every check of a contract says about itself. */
interface Described {
  /** Unique within a contract, made of its own words: `command:ib_write_bw`. */
  id: string;
  /** One line for people. */
  what: string;
  expected: string;
  /** What to do when it fails. */
  next: string;
}

/** One command that is run in the container. */
export interface Step {
  words: readonly string[];
  seconds: number;
}

/** What came of a step; undefined when the container gave no result for it. */
export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Judged by what commands in a container of the image print. */
export interface RunCheck extends Described {
  by: 'run';
  steps: readonly Step[];
  judge(outcomes: readonly Outcome[]): Finding;
}

/** Judged by what the engine says about the image. */
export interface FactsCheck extends Described {
  by: 'facts';
  judge(facts: ImageFacts): Finding;
}

/** Judged by the bytes of one file; undefined when there is no such file. */
export interface BytesCheck extends Described {
  by: 'bytes';
  path: string;
  judge(bytes: Buffer | undefined): Finding;
}

export type Check = RunCheck | FactsCheck | BytesCheck;
