import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { client, listen } from '../sources/http/fixtures.ts';
import type { HttpOptions } from '../sources/http/open-http.ts';
import type { Credentials } from './credentials.ts';
import { openRegistry, type Registry } from './open-registry.ts';

export const sha256 = (bytes: Buffer | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** What a test may do in the server's place; true: it has answered. */
type Fault = (request: IncomingMessage, response: ServerResponse, path: string) => boolean | undefined;

/** A registry on loopback with as much of the protocol as halobox uses, and faults where a test wants them. */
export class TestRegistry {
  base = '';
  /** By digest, whatever the repository; `only` says which repositories lack it. */
  readonly blobs = new Map<string, Buffer>();
  readonly repositories = new Map<string, Set<string>>();
  /** By `<name>:<tag or digest>`. */
  readonly manifests = new Map<string, { bytes: Buffer; type: string }>();
  readonly uploads = new Map<string, Buffer>();
  /** Method and path of every request, in order. */
  readonly asked: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  /** Bytes of all bodies that came. */
  received = 0;
  fault: Fault = () => false;
  referrersApi = false;
  mounts = true;
  #uploads = 0;

  static async start(): Promise<TestRegistry> {
    const registry = new TestRegistry();
    registry.base = await listen((request, response) => {
      const path = decodeURIComponent(request.url ?? '');
      registry.asked.push(`${request.method} ${path}`);
      registry.authorizations.push(request.headers.authorization);
      if (!registry.fault(request, response, path)) void registry.answer(request, response);
    });
    return registry;
  }

  get host(): string {
    return this.base.slice('http://'.length);
  }

  open(name = 'team/cache', credentials: Credentials = () => undefined, options: Partial<HttpOptions> = {}) {
    return openOn(this.base, name, credentials, options);
  }

  has(name: string, digest: string): boolean {
    return this.repositories.get(name)?.has(digest) ?? false;
  }

  add(name: string, bytes: Buffer): string {
    const digest = sha256(bytes);
    this.blobs.set(digest, bytes);
    const known = this.repositories.get(name) ?? new Set();
    this.repositories.set(name, known.add(digest));
    return digest;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.base);
    const [, name = '', kind = '', rest = ''] =
      /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    const method = request.method ?? 'GET';
    if (kind === 'manifests') await this.#manifest(method, name, rest, request, response);
    else if (kind === 'blobs') this.#blob(name, rest, request, response);
    else if (kind === 'blobs/uploads') await this.#upload(method, name, url, rest, request, response);
    else if (kind === 'tags') this.#tags(name, url, response);
    else if (kind === 'referrers' && this.referrersApi) this.#referrers(name, rest, response);
    else response.writeHead(404).end();
  }

  async #manifest(
    method: string,
    name: string,
    reference: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (method === 'PUT') {
      const bytes = await this.#read(request);
      const type = request.headers['content-type'] ?? '';
      const document = JSON.parse(bytes.toString()) as {
        config?: { digest: string };
        layers?: { digest: string }[];
        subject?: unknown;
      };
      const needed = [document.config, ...(document.layers ?? [])].flatMap((one) => one?.digest ?? []);
      if (needed.some((digest) => !this.has(name, digest))) {
        response.writeHead(400).end(errors('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry'));
        return;
      }
      for (const key of [reference, sha256(bytes)]) this.manifests.set(`${name}:${key}`, { bytes, type });
      const subject = this.referrersApi && document.subject ? { 'oci-subject': 'yes' } : {};
      response.writeHead(201, { 'docker-content-digest': sha256(bytes), ...subject }).end();
      return;
    }
    const found = this.manifests.get(`${name}:${reference}`);
    if (!found) response.writeHead(404).end(errors('MANIFEST_UNKNOWN', 'manifest unknown'));
    else if (method === 'DELETE') {
      for (const [key, { bytes }] of this.manifests)
        if (key.startsWith(`${name}:`) && bytes === found.bytes) this.manifests.delete(key);
      response.writeHead(202).end();
    } else {
      response.writeHead(200, {
        'content-type': found.type,
        'content-length': found.bytes.length,
        'docker-content-digest': sha256(found.bytes),
      });
      response.end(method === 'HEAD' ? undefined : found.bytes);
    }
  }

  #blob(name: string, digest: string, request: IncomingMessage, response: ServerResponse): void {
    const bytes = this.has(name, digest) ? this.blobs.get(digest)! : undefined;
    if (!bytes) return void response.writeHead(404).end(errors('BLOB_UNKNOWN', 'blob unknown to registry'));
    const from = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1);
    const headers = { etag: `"${digest}"`, 'accept-ranges': 'bytes' };
    if (from > 0) {
      const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(206, { ...headers, 'content-range': range }).end(bytes.subarray(from));
    } else {
      response.writeHead(200, { ...headers, 'content-length': bytes.length });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    }
  }

  async #upload(
    method: string,
    name: string,
    url: URL,
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const mount = url.searchParams.get('mount');
    const from = url.searchParams.get('from');
    if (method === 'POST' && this.mounts && mount !== null && this.has(from ?? '', mount)) {
      this.add(name, this.blobs.get(mount)!);
      response.writeHead(201, { location: `/v2/${name}/blobs/${mount}` }).end();
    } else if (method === 'POST') {
      this.#uploads += 1;
      this.uploads.set(String(this.#uploads), Buffer.alloc(0));
      response.writeHead(202, this.#state(name, String(this.#uploads))).end();
    } else if (!this.uploads.has(id)) {
      response.writeHead(404).end(errors('BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry'));
    } else if (method === 'GET') {
      response.writeHead(204, this.#state(name, id)).end();
    } else if (method === 'DELETE') {
      this.uploads.delete(id);
      response.writeHead(204).end();
    } else {
      const start = Number(/^([0-9]+)-/.exec(request.headers['content-range'] ?? '')?.[1] ?? 0);
      if (method === 'PATCH' && start !== this.uploads.get(id)!.length)
        return void response.writeHead(416, this.#state(name, id)).end();
      // What came stays, also when the client goes away in the middle of it.
      for await (const chunk of request) this.take(id, chunk as Buffer);
      if (method === 'PATCH') return void response.writeHead(202, this.#state(name, id)).end();
      const bytes = this.uploads.get(id)!;
      this.uploads.delete(id);
      if (sha256(bytes) !== url.searchParams.get('digest'))
        return void response.writeHead(400).end(errors('DIGEST_INVALID', 'provided digest did not match'));
      this.add(name, bytes);
      response.writeHead(201, { location: `/v2/${name}/blobs/${sha256(bytes)}` }).end();
    }
  }

  take(id: string, chunk: Buffer): void {
    this.received += chunk.length;
    this.uploads.set(id, Buffer.concat([this.uploads.get(id)!, chunk]));
  }

  #state(name: string, id: string): Record<string, string> {
    const last = Math.max(0, (this.uploads.get(id)?.length ?? 0) - 1);
    return { location: `/v2/${name}/blobs/uploads/${id}?_state=secret`, range: `0-${last}` };
  }

  #tags(name: string, url: URL, response: ServerResponse): void {
    const all = [...this.manifests.keys()]
      .filter((key) => key.startsWith(`${name}:`))
      .map((key) => key.slice(name.length + 1))
      .filter((key) => !key.startsWith('sha256:'))
      .sort();
    const last = url.searchParams.get('last') ?? '';
    const page = all.filter((tag) => tag > last).slice(0, 2);
    const more = page.length > 0 && page.at(-1) !== all.at(-1);
    const link = `</v2/${name}/tags/list?n=2&last=${page.at(-1)}>; rel="next"`;
    response.writeHead(200, more ? { link } : {}).end(JSON.stringify({ name, tags: page }));
  }

  #referrers(name: string, digest: string, response: ServerResponse): void {
    const manifests = [...this.manifests]
      .filter(([key]) => key.startsWith(`${name}:sha256:`))
      .map(([, one]) => ({ ...one, document: JSON.parse(one.bytes.toString()) }))
      .filter(({ document }) => document.subject?.digest === digest)
      .map(({ bytes, type, document: { artifactType } }) => ({
        mediaType: type,
        digest: sha256(bytes),
        size: bytes.length,
        artifactType,
      }));
    response
      .writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json' })
      .end(JSON.stringify({ schemaVersion: 2, manifests }));
  }

  async #read(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
}

function errors(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message, detail: {} }] });
}

/** A repository, its client with pauses that take no time. */
export function openOn(
  base: string,
  name: string,
  credentials: Credentials,
  options: Partial<HttpOptions> = {},
): Registry & { cache: string; pauses: number[] } {
  const http = client(options);
  const { cache, pauses } = http;
  const signal = options.signal ?? new AbortController().signal;
  const repository = { registry: base.slice('http://'.length), api: base, name };
  return Object.assign(openRegistry({ repository, http, credentials, cache, signal }), { cache, pauses });
}
