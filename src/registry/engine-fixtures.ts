import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import type { Engine, ImageFacts, LeavesOut } from '../engine/engine.ts';
import { sha256 } from './fixtures.ts';

/** How engines write archives: Docker up to 24, from 25 on, with containerd's store, and Podman. */
export type Dialect = 'docker-24' | 'docker-25' | 'containerd' | 'podman';

interface Image {
  config: Buffer;
  layers: Buffer[];
}

/** Knows nothing of containers, but saves and loads images as real engines do. */
export class TestEngine {
  readonly images = new Map<string, Image>();
  readonly tags = new Map<string, string>();
  readonly dialect: Dialect;
  saves = 0;
  /** Of layers that are not in an archive it takes those that an image has. */
  leavesOut: LeavesOut = 'none';
  /** Layers that the last archive had. */
  sent = 0;
  /** What a load really gives. */
  loaded = (image: Image): Image => image;

  constructor(dialect: Dialect = 'podman') {
    this.dialect = dialect;
  }

  /** Has an image with this key, and gives it a name. */
  add(reference: string, key: string, layers: Buffer[], more: object = {}): string {
    const config = Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        config: { Labels: { 'io.halobox.key': key } },
        rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
        ...more,
      }),
    );
    this.images.set(sha256(config), { config, layers });
    this.tags.set(reference, sha256(config));
    return sha256(config);
  }

  /** As much of an engine as a cache needs. */
  get engine(): Engine {
    const engine: Partial<Engine> = {
      kind: 'podman',
      endpoint: 'test',
      leavesOut: this.leavesOut,
      listImages: async (label, value) =>
        [...this.images.values()]
          .map(({ config }) => JSON.parse(config.toString()))
          .filter(({ config }) => {
            const found = config?.Labels?.[label];
            return value === undefined ? found !== undefined : found === value;
          })
          .map(({ rootfs }) => ({ layers: rootfs.diff_ids }) as ImageFacts),
      inspectImage: async (reference) => {
        const id = this.tags.get(reference) ?? reference;
        const image = this.images.get(id);
        if (!image) return undefined;
        const { config, rootfs } = JSON.parse(image.config.toString());
        return {
          id,
          labels: config?.Labels ?? {},
          layers: rootfs.diff_ids,
        } as Partial<ImageFacts> as ImageFacts;
      },
      tag: async (id, reference) => void this.tags.set(reference, id),
      removeImage: async (reference) => void this.tags.delete(reference),
      saveImage: async (reference) => {
        this.saves += 1;
        return archiveOf(this.images.get(this.tags.get(reference) ?? reference)!, this.dialect);
      },
      loadImage: async (archive) => {
        const given = await read(archive);
        this.sent = given.layers.filter(Boolean).length;
        const { diff_ids } = JSON.parse(given.config.toString()).rootfs as { diff_ids: string[] };
        const layers = given.layers.map((layer, at) => layer ?? this.#held(diff_ids[at]!));
        const image = this.loaded({ config: given.config, layers });
        if (image.layers.map(sha256).join() !== diff_ids.join()) throw new Error('invalid diffID');
        const id = sha256(image.config);
        this.images.set(id, image);
        return id;
      },
    };
    return engine as Engine;
  }

  #held(diffId: string): Buffer {
    const layers = [...this.images.values()].flatMap((image) => image.layers);
    const found = this.leavesOut !== 'none' && layers.find((layer) => sha256(layer) === diffId);
    if (found) return found;
    throw new Error(`no such file: ${diffId}`);
  }
}

function archiveOf({ config, layers }: Image, dialect: Dialect): Readable {
  const archive = pack();
  const hex = (bytes: Buffer) => sha256(bytes).slice('sha256:'.length);
  const file = (name: string, content: Buffer | string) => archive.entry({ name }, content);
  const docker25 = dialect === 'docker-25' || dialect === 'containerd';
  const configName = docker25 ? `blobs/sha256/${hex(config)}` : `${hex(config)}.json`;
  const written = new Map<string, string>();
  const names = layers.map((layer, index) => {
    const bytes = dialect === 'containerd' ? gzipSync(layer) : layer;
    const earlier = written.get(hex(layer));
    if (dialect === 'docker-24') {
      // It calls layers by ids of its own, and the same one again is a link.
      const folder = `${index}`.padStart(64, 'a');
      file(`${folder}/VERSION`, '1.0');
      file(`${folder}/json`, JSON.stringify({ id: folder }));
      const name = `${folder}/layer.tar`;
      if (earlier) archive.entry({ name, type: 'symlink', linkname: `../${earlier}` });
      else file(name, layer);
      written.set(hex(layer), earlier ?? name);
      return name;
    }
    const name = docker25 ? `blobs/sha256/${hex(bytes)}` : `${hex(layer)}.tar`;
    if (!earlier) file(name, bytes);
    written.set(hex(layer), name);
    return name;
  });
  file(configName, config);
  if (docker25) file('index.json', '{"schemaVersion":2,"manifests":[]}');
  file('manifest.json', JSON.stringify([{ Config: configName, RepoTags: null, Layers: names }]));
  archive.finalize();
  return Readable.from(archive);
}

async function read(archive: Readable): Promise<{ config: Buffer; layers: (Buffer | undefined)[] }> {
  const files = new Map<string, Buffer>();
  for await (const entry of archive.pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name, type, linkname } = entry.header;
    files.set(name, type === 'link' ? files.get(linkname!)! : Buffer.concat(chunks));
  }
  const index = files.get('index.json');
  if (index && !files.has('manifest.json')) return readLayout(files, index);
  const [{ Config, Layers }] = JSON.parse(files.get('manifest.json')!.toString()) as [
    { Config: string; Layers: string[] },
  ];
  const layers = Layers.map((name) => {
    const bytes = files.get(name);
    return bytes?.[0] === 0x1f ? gunzipSync(bytes) : bytes;
  });
  return { config: files.get(Config)!, layers };
}

function readLayout(
  files: ReadonlyMap<string, Buffer>,
  index: Buffer,
): { config: Buffer; layers: (Buffer | undefined)[] } {
  const blob = ({ digest }: { digest: string }) => files.get(`blobs/${digest.replace(':', '/')}`);
  const { config, layers } = JSON.parse(blob(JSON.parse(index.toString()).manifests[0])!.toString());
  return { config: blob(config)!, layers: layers.map(blob) };
}
