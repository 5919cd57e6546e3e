/**
 * A reference as podman's command line takes it: without a registry in front it means this machine's own images.
 * Podman's Docker-compatible API puts docker.io/library/ there instead, which nobody who types
 * `podman run rdma-check:0.1.0` would find first.
 * https://docs.podman.io/en/latest/markdown/podman-tag.1.html
 */
export function ownName(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const isId = /^(sha256:)?[0-9a-f]{12,64}$/.test(reference);
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isId || hasRegistry ? reference : `localhost/${reference}`;
}
