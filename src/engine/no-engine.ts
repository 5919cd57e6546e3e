import { EngineError } from '../model/error.ts';
import type { EngineAttempt } from './engine.ts';

/** No engine answered: what was tried, why each was none, and what to do. */
export function noEngine(attempts: readonly EngineAttempt[], asked: string | undefined): EngineError {
  return new EngineError({
    what: asked === undefined ? 'no container engine answers' : `the engine ${asked} does not answer`,
    detail: attempts.map(({ by, endpoint, result }) => `${by} (${endpoint}): ${result}`),
    next: advice(attempts, asked),
  });
}

function advice(attempts: readonly EngineAttempt[], asked: string | undefined): string {
  const variable = attempts.find(({ by }) => /^(DOCKER|CONTAINER)_/.test(by))?.by;
  if (variable !== undefined) return `Start that engine, or unset ${variable} to have others looked for.`;
  if (attempts.some(({ result }) => result.startsWith('permission denied'))) {
    return 'Join the group of that socket (docker: `sudo usermod --append --groups docker $USER`, then log in again), or install podman, which needs no rights.';
  }
  if (asked !== undefined && asked !== 'podman' && asked !== 'docker') {
    return 'Start it, or leave it out to have others looked for; `halobox engines` shows what there is.';
  }
  if (asked === 'docker')
    return 'Install and start Docker 20.10 or later (`apt install docker.io`, `dnf install moby-engine`).';
  return 'Install podman 4.3 or later (`apt install podman`, `dnf install podman`); halobox starts what it needs of it.';
}
