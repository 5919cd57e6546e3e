import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { eventually } from '../engines/eventually.ts';

export interface Registry {
  /** host:port */
  host: string;
  /** Where it keeps its data. */
  folder: string;
  close(): Promise<void>;
}

/** Debian's docker-registry on loopback, with a port of the kernel's choice. */
export async function startRegistry(folder: string): Promise<Registry> {
  const place = await mkdtemp(join(folder, 'registry-'));
  const config = join(place, 'config.yml');
  await writeFile(
    config,
    `version: 0.1
log: { level: info, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${join(place, 'data')} } }
http: { addr: 127.0.0.1:0 }
`,
  );
  const child = execa('docker-registry', ['serve', config], { reject: false, stdin: 'ignore', all: true });
  let said = '';
  child.all.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const host = () => /listening on (127\.0\.0\.1:[0-9]+)/.exec(said)?.[1];
  await eventually('the registry listens', () => host() !== undefined);
  return {
    host: host()!,
    folder: place,
    async close() {
      child.kill('SIGTERM');
      await child;
      await rm(place, { recursive: true, force: true });
    },
  };
}

const sha256 = (body: Buffer): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;

/** Pushes an image of one layer for each architecture and an index over them. @returns digests by architecture, and `index`. */
export async function pushImage(
  { host }: Registry,
  name: string,
  tag: string,
  architectures: readonly string[],
): Promise<Record<string, string>> {
  const put = async (path: string, body: Buffer, type: string): Promise<void> => {
    const response = await fetch(`http://${host}/v2/${path}`, {
      method: 'PUT',
      body: new Uint8Array(body),
      headers: { 'content-type': type },
    });
    if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const blob = async (body: Buffer): Promise<{ digest: string; size: number }> => {
    const start = await fetch(`http://${host}/v2/${name}/blobs/uploads/`, { method: 'POST' });
    const place = new URL(start.headers.get('location')!, `http://${host}`);
    place.searchParams.set('digest', sha256(body));
    const response = await fetch(place, { method: 'PUT', body: new Uint8Array(body) });
    if (response.status !== 201) throw new Error(`${place}: ${response.status}`);
    return { digest: sha256(body), size: body.length };
  };
  const digests: Record<string, string> = {};
  const manifests = [];
  for (const architecture of architectures) {
    const layer = await blob(gzipSync(Buffer.from(`${name} ${tag} for ${architecture}`)));
    const config = await blob(
      Buffer.from(JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [] } })),
    );
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
        layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer }],
      }),
    );
    const digest = sha256(manifest);
    await put(`${name}/manifests/${digest}`, manifest, 'application/vnd.oci.image.manifest.v1+json');
    digests[architecture] = digest;
    manifests.push({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest,
      size: manifest.length,
      platform: { architecture, os: 'linux' },
    });
  }
  const index = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }),
  );
  await put(`${name}/manifests/${tag}`, index, 'application/vnd.oci.image.index.v1+json');
  return { ...digests, index: sha256(index) };
}
