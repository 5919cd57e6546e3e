import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folders } from '../store/folders.ts';
import { type Candidate, candidatesFor, type Host, type Unusable } from './candidates.ts';
import { endpointText } from './endpoint.ts';
import type { Engine, EngineAttempt, NetworkAbility } from './engine.ts';
import { noEngine } from './no-engine.ts';
import { openEngine } from './open-engine.ts';

/** What of the outside world decides which engine is found. */
export interface EngineSurroundings {
  env: NodeJS.ProcessEnv;
  /** Numeric id of the person. */
  uid: number;
  folders: Folders;
}

/** An engine that answered, for `halobox engines`. */
export interface EngineFacts {
  kind: 'docker' | 'podman';
  version: string;
  endpoint: string;
  foundBy: string;
  rootless: boolean;
  network: NetworkAbility;
  /** Folder of the images, and what is free there when it is on this machine. */
  storage?: { folder: string; freeBytes?: number };
}

/**
 * The first engine that answers; the caller closes it.
 * @param name value of `--engine`.
 * @throws EngineError (exit 6) that lists everything that was tried; InvalidInput for a name that is none.
 */
export async function findEngine(
  name: string | undefined,
  surroundings: EngineSurroundings,
): Promise<Engine> {
  const attempts: EngineAttempt[] = [];
  for (const candidate of candidatesFor(name, hostOf(surroundings))) {
    const outcome = await attempt(candidate, surroundings, surroundings.folders.cache);
    if ('engine' in outcome) {
      outcome.engine.wake();
      return outcome.engine;
    }
    attempts.push(outcome.attempt);
  }
  throw noEngine(attempts, name ?? surroundings.env.HALOBOX_ENGINE);
}

/** Everything that would be tried, to its end, with the facts of each engine that answers. */
export async function surveyEngines(
  name: string | undefined,
  surroundings: EngineSurroundings,
): Promise<{ attempts: EngineAttempt[]; engines: EngineFacts[] }> {
  const attempts: EngineAttempt[] = [];
  const engines: EngineFacts[] = [];
  for (const candidate of candidatesFor(name, hostOf(surroundings))) {
    const outcome = await attempt(candidate, surroundings);
    if ('attempt' in outcome) {
      attempts.push(outcome.attempt);
      continue;
    }
    const { engine } = outcome;
    const { kind, version, endpoint, foundBy, rootless, network } = engine;
    const storage = await storageOf(engine);
    await engine.close();
    attempts.push({
      by: foundBy,
      endpoint,
      result: `answers: ${kind} ${version}${rootless ? ', rootless' : ''}`,
    });
    engines.push({ kind, version, endpoint, foundBy, rootless, network, ...(storage && { storage }) });
  }
  return { attempts, engines };
}

async function attempt(
  candidate: Candidate | Unusable,
  surroundings: EngineSurroundings,
  cache?: string,
): Promise<{ engine: Engine } | { attempt: EngineAttempt }> {
  const { by } = candidate;
  if ('reason' in candidate)
    return { attempt: { by, endpoint: candidate.endpoint, result: candidate.reason } };
  const outcome = await openEngine(candidate, {
    env: surroundings.env,
    records: join(surroundings.folders.state, 'builds'),
    cache,
  });
  if ('engine' in outcome) return outcome;
  return { attempt: { by, endpoint: endpointText(candidate.endpoint), result: outcome.reason } };
}

async function storageOf({ storage }: Engine): Promise<EngineFacts['storage']> {
  if (storage === undefined) return undefined;
  try {
    const { bavail, bsize } = await statfs(storage);
    return { folder: storage, freeBytes: bavail * bsize };
  } catch {
    return { folder: storage };
  }
}

function hostOf({ env, uid }: EngineSurroundings): Host {
  return {
    env,
    uid,
    readText: (file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return undefined;
      }
    },
    isSocket: (path) => statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false,
    isExecutable: (path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    },
  };
}
