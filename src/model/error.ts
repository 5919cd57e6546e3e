/** The exit codes of the command line; scripts and CI rely on them. */
export const ExitCode = {
  done: 0,
  failed: 1,
  /** Wrong usage, or a file of the user's that is not valid. */
  usage: 2,
  /** An upstream place or the network did not give what was asked for. */
  upstream: 3,
  patchConflict: 4,
  contractFailed: 5,
  engine: 6,
  /** `watch`: upstream has something newer than the lock. */
  due: 10,
  /** 128 + SIGINT: the person stopped it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** A place in a text file, as editors understand it. Line and column count from 1. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

export interface ErrorFacts {
  /** What happened, one line without the place. */
  what: string;
  /** Where: a place in a file, or a URL with its status, or an engine's endpoint. */
  where?: Place | string;
  /** What the person can do next. */
  next?: string;
  /** More lines, such as the end of a log. */
  detail?: readonly string[];
  /** The document that --json printed says it already. */
  inDocument?: boolean;
  cause?: unknown;
}

/** Every failure that halobox foresees. The command line prints its parts; only `--debug` shows the stack. */
export class HaloboxError extends Error {
  readonly exitCode: ExitCode;
  readonly facts: ErrorFacts;

  constructor(exitCode: ExitCode, facts: ErrorFacts) {
    super(facts.what, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.facts = facts;
  }
}

/** A file of the user's (YAML, template, patch) or a flag is not valid: exit code 2. */
export class InvalidInput extends HaloboxError {
  constructor(facts: ErrorFacts) {
    super(ExitCode.usage, facts);
  }
}

/** Upstream did not give what was asked for: exit code 3. */
export class UpstreamError extends HaloboxError {
  constructor(facts: ErrorFacts) {
    super(ExitCode.upstream, facts);
  }
}

/** A patch does not fit its tree: exit code 4. */
export class PatchConflict extends HaloboxError {
  constructor(facts: ErrorFacts) {
    super(ExitCode.patchConflict, facts);
  }
}

/** The built image breaks its contract: exit code 5. */
export class ContractFailed extends HaloboxError {
  constructor(facts: ErrorFacts) {
    super(ExitCode.contractFailed, facts);
  }
}

/** No engine, or the engine or a step on it failed: exit code 6. */
export class EngineError extends HaloboxError {
  constructor(facts: ErrorFacts) {
    super(ExitCode.engine, facts);
  }
}

/** The person stopped the work (Ctrl-C, SIGTERM): exit code 130. */
export class Interrupted extends HaloboxError {
  constructor(what = 'stopped') {
    super(ExitCode.interrupted, { what });
  }
}

/** `file:line:column` as far as known. */
export function placeText(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}
