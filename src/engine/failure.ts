import { EngineError, HaloboxError } from '../model/error.ts';

export interface FailureContext {
  kind: 'docker' | 'podman';
  endpoint: string;
  /** Folder of the engine's images, where known. */
  storage?: string | undefined;
}

/**
 * Turns whatever an engine or the way to it threw into an EngineError in the engine's words, with what to do. What
 * halobox has already explained stays as it is.
 */
export function engineFailure(error: unknown, doing: string, context: FailureContext): HaloboxError {
  if (error instanceof HaloboxError) return error;
  const said = engineWords(error);
  return new EngineError({
    what: `${doing}: ${said}`,
    where: context.endpoint,
    next: nextStep(`${errorCode(error) ?? ''} ${said}`, context),
    cause: error,
  });
}

/** The stream that the caller gave as context broke: no fault of the engine. */
export function contextFailure(error: unknown, endpoint: string): HaloboxError {
  if (error instanceof HaloboxError) return error;
  return new EngineError({
    what: `the build context can't be read: ${error instanceof Error ? error.message : String(error)}`,
    where: endpoint,
    next: 'Look at the named file; nothing may change the prepared sources during a build.',
    cause: error,
  });
}

/** What to do about an engine's message. */
export function nextStep(said: string, { kind, storage }: FailureContext): string {
  if (isDiskFull(said)) {
    const where = storage ? ` under ${storage}` : '';
    return `Free space${where}: \`${kind} system prune\` removes what nothing uses; \`${kind} system df\` shows what takes it.`;
  }
  if (/EACCES|permission denied.*socket/i.test(said)) {
    return kind === 'docker'
      ? 'Run as a member of the group docker, or use rootless Podman (--engine podman).'
      : 'Use the socket of your own user, or the podman binary (--engine podman).';
  }
  if (isGone(said)) {
    return `The engine went away. See its log (\`journalctl -u ${kind}\`), start it again and repeat; what was built is kept.`;
  }
  if (/no such image|image not known|manifest unknown/i.test(said)) {
    return 'Build the image first; `halobox images` lists what there is.';
  }
  return `Look at \`${kind} info\` and the engine's log; \`halobox engines\` shows what else could build.`;
}

export function isDiskFull(said: string): boolean {
  return /no space left on device|ENOSPC|disk quota exceeded/i.test(said);
}

function isGone(said: string): boolean {
  return /ECONNRESET|ECONNREFUSED|EPIPE|connect ENOENT|connection to the engine broke/i.test(said);
}

/** The engine's own message, without docker-modem's wrapping. */
export function engineWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { json } = error as { json?: unknown };
  if (typeof json === 'object' && json !== null) {
    const { message, cause } = json as { message?: unknown; cause?: unknown };
    if (typeof message === 'string' && message !== '') return message.trim();
    if (typeof cause === 'string' && cause !== '') return cause.trim();
  }
  if (/^(?:aborted|socket hang up|premature close|write EPIPE)$/i.test(error.message)) {
    return `the connection to the engine broke (${errorCode(error) ?? error.message})`;
  }
  return error.message.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
}

export function statusCode(error: unknown): number | undefined {
  const { statusCode: code } = (error ?? {}) as { statusCode?: unknown };
  return typeof code === 'number' ? code : undefined;
}

function errorCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
