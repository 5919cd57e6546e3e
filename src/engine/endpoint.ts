/** Where an engine may listen, or the binary that can be made to. */
export type Endpoint =
  | { type: 'unix'; path: string }
  | { type: 'tcp'; host: string; port: number; certificates?: string }
  | { type: 'ssh'; url: string }
  | { type: 'podman-binary'; command: string };

/**
 * Reads `unix:///path`, `/path`, `tcp://host:port`, `http(s)://…` and `ssh://…`; undefined for anything else.
 * `https://` needs certificates.
 * @param certificates folder of ca.pem, cert.pem and key.pem, for TCP with TLS.
 */
export function parseEndpoint(text: string, certificates?: string): Endpoint | undefined {
  if (text.startsWith('/')) return { type: 'unix', path: text };
  const url = URL.parse(text);
  if (url === null) return undefined;
  switch (url.protocol) {
    case 'unix:':
      return url.hostname === '' && url.pathname.startsWith('/')
        ? { type: 'unix', path: decodeURIComponent(url.pathname) }
        : undefined;
    case 'tcp:':
    case 'http:':
    case 'https:': {
      if (url.hostname === '') return undefined;
      // Never in plain text what was meant to be encrypted.
      if (url.protocol === 'https:' && certificates === undefined) return undefined;
      const standard = certificates === undefined ? 2375 : 2376;
      return {
        type: 'tcp',
        host: url.hostname,
        port: url.port === '' ? standard : Number(url.port),
        ...(certificates !== undefined && { certificates }),
      };
    }
    case 'ssh:':
      return url.hostname === '' ? undefined : { type: 'ssh', url: text };
    default:
      return undefined;
  }
}

/** As a person would write it. */
export function endpointText(endpoint: Endpoint): string {
  switch (endpoint.type) {
    case 'unix':
      return `unix://${endpoint.path}`;
    case 'tcp':
      return `tcp://${endpoint.host}:${endpoint.port}`;
    case 'ssh':
      return endpoint.url;
    case 'podman-binary':
      return endpoint.command;
  }
}
