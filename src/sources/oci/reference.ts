/** Where an image reference leads. */
export interface Place {
  /** As people write it, e.g. docker.io. */
  registry: string;
  /** Base of the registry's API, without a slash at its end. */
  api: string;
  /** e.g. library/debian */
  name: string;
  tag: string;
}

/** @param reference registry/name:tag, as `ociReference` in model/source.ts checks it. */
export function placeOf(reference: string): Place {
  const [, registry = '', name = '', tag = ''] = /^([^/]+)\/(.*):([^:/]+)$/.exec(reference) ?? [];
  return { registry, api: apiOf(registry), name, tag };
}

function apiOf(registry: string): string {
  // Docker Hub's name is not where its API is, https://docs.docker.com/reference/api/registry/latest/
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${isLoopback(registry) ? 'http' : 'https'}://${registry}`;
}

/** A registry on this machine speaks plain HTTP, as Docker and Podman's own defaults for tests have it. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?$/.test(host);
}
