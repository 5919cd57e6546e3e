import { InvalidInput } from '../model/error.ts';

/** A repository of a registry. */
export interface Repository {
  /** As people write it, e.g. docker.io. */
  registry: string;
  /** Base of the registry's API, without a slash at its end. */
  api: string;
  /** e.g. library/debian */
  name: string;
}

/** Where an image reference leads. */
export interface Place extends Repository {
  tag: string;
}

/** @param reference registry/name:tag, as `ociReference` in model/source.ts checks it. */
export function placeOf(reference: string): Place {
  const [, registry = '', name = '', tag = ''] = /^([^/]+)\/(.*):([^:/]+)$/.exec(reference) ?? [];
  return { registry, api: apiOf(registry), name, tag };
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const repositoryPattern =
  /^((?=[^/]*[.:]|localhost\/|\[)(?:[A-Za-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?)\/([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)$/;

/**
 * Reads registry/name, without a tag.
 * @param where the flag or file that holds the text.
 * @throws InvalidInput (exit 2).
 */
export function repositoryOf(text: string, where: string): Repository {
  const [, registry, name] = repositoryPattern.exec(text) ?? [];
  if (registry !== undefined && name !== undefined && text.length <= 255)
    return { registry, api: apiOf(registry), name };
  throw new InvalidInput({
    what: `${JSON.stringify(text.slice(0, 300))} is no repository of a registry`,
    where,
    next: 'Write registry/name without a tag, such as ghcr.io/someone/halobox-cache or localhost:5000/cache.',
  });
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
