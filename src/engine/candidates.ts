import { join } from 'node:path';
import { InvalidInput } from '../model/error.ts';
import { type DockerContext, readDockerContext } from './docker-context.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';

/** One place where an engine may be, and the rule that names it. */
export interface Candidate {
  by: string;
  endpoint: Endpoint;
  /** The person asked for this kind; the other one is passed over. */
  wanted?: 'docker' | 'podman';
}

/** A rule that names something which is no usable place. */
export interface Unusable {
  by: string;
  endpoint: string;
  reason: string;
}

/** What of the machine decides where engines are looked for. */
export interface Host {
  env: Readonly<Record<string, string | undefined>>;
  uid: number;
  /** Undefined when there is no such file. */
  readText: (file: string) => string | undefined;
  isSocket: (path: string) => boolean;
  isExecutable: (path: string) => boolean;
}

type Found = Candidate | Unusable;

/**
 * Where to look for an engine, in order.
 *
 * A place that the person named (flag, HALOBOX_ENGINE, DOCKER_HOST, CONTAINER_HOST, DOCKER_CONTEXT) is the only one: a
 * build must not land silently on another engine because the named one is down.
 * @param flag value of `--engine`.
 * @throws InvalidInput for a flag or HALOBOX_ENGINE that names nothing of the kind.
 */
export function candidatesFor(flag: string | undefined, host: Host): Found[] {
  if (flag !== undefined) return named(flag, '--engine', host);
  if (host.env.HALOBOX_ENGINE) return named(host.env.HALOBOX_ENGINE, 'HALOBOX_ENGINE', host);
  const fromEnvironment = [...dockerEnvironment(host), ...podmanEnvironment(host)];
  if (fromEnvironment.length > 0) return fromEnvironment;
  return [...dockerPlaces(host), ...podmanPlaces(host)];
}

function named(value: string, by: string, host: Host): Found[] {
  const wanted = (kind: 'docker' | 'podman', found: Found[]): Found[] =>
    found.map((one) => ('reason' in one ? one : { ...one, wanted: kind }));
  if (value === 'docker') {
    const environment = dockerEnvironment(host);
    return wanted('docker', environment.length > 0 ? environment : dockerPlaces(host));
  }
  if (value === 'podman') {
    const environment = podmanEnvironment(host);
    return wanted('podman', environment.length > 0 ? environment : podmanPlaces(host));
  }
  if (value.includes('/') && !value.includes('://') && !host.isSocket(value) && host.isExecutable(value)) {
    return [{ by, endpoint: { type: 'podman-binary', command: value } }];
  }
  const endpoint = parseEndpoint(value, host.env.DOCKER_CERT_PATH);
  if (endpoint) return [{ by, endpoint }];
  throw new InvalidInput({
    what: `${by}: ${JSON.stringify(value)} names no container engine`,
    next: 'Say docker, podman, the path of a socket or of a podman binary, unix://<path>, tcp://<host>:<port> or ssh://<host>.',
  });
}

function dockerEnvironment(host: Host): Found[] {
  const { DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY } = host.env;
  // Docker's own order: DOCKER_HOST overrides DOCKER_CONTEXT.
  // https://docs.docker.com/engine/manage-resources/contexts/
  if (DOCKER_HOST)
    return [place('DOCKER_HOST', DOCKER_HOST, DOCKER_TLS_VERIFY ? DOCKER_CERT_PATH : undefined)];
  if (host.env.DOCKER_CONTEXT) return contextPlace(readDockerContext(host));
  return [];
}

function podmanEnvironment({ env }: Host): Found[] {
  return env.CONTAINER_HOST ? [place('CONTAINER_HOST', env.CONTAINER_HOST)] : [];
}

function dockerPlaces(host: Host): Found[] {
  const { env, uid } = host;
  const found = contextPlace(readDockerContext(host));
  if (uid !== 0) found.push(socket('rootless docker socket', join(runtimeFolder(host), 'docker.sock')));
  if (env.HOME) found.push(socket('Docker Desktop socket', join(env.HOME, '.docker/run/docker.sock')));
  found.push(socket('docker socket', '/var/run/docker.sock'));
  return found;
}

function podmanPlaces(host: Host): Found[] {
  const found: Found[] = [];
  if (host.uid !== 0) {
    found.push(socket('rootless podman socket', join(runtimeFolder(host), 'podman/podman.sock')));
  } else {
    found.push(socket('podman socket', '/run/podman/podman.sock'));
  }
  found.push({ by: 'podman on PATH', endpoint: { type: 'podman-binary', command: 'podman' } });
  return found;
}

function runtimeFolder({ env, uid }: Host): string {
  return env.XDG_RUNTIME_DIR || `/run/user/${uid}`;
}

function socket(by: string, path: string): Candidate {
  return { by, endpoint: { type: 'unix', path } };
}

function place(by: string, text: string, certificates?: string): Found {
  const endpoint = parseEndpoint(text, certificates);
  return endpoint
    ? { by, endpoint }
    : { by, endpoint: text, reason: 'not an address that halobox understands' };
}

function contextPlace(context: DockerContext | undefined): Found[] {
  if (context === undefined) return [];
  const by = `docker context ${context.name}`;
  if (context.address === undefined)
    return [{ by, endpoint: context.file, reason: context.problem ?? 'unreadable' }];
  return [place(by, context.address, context.certificates)];
}
