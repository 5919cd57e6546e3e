import { join, posix } from 'node:path';
import { Readable } from 'node:stream';
import type { Header } from 'tar-stream';
import { z } from 'zod';
import { EngineError } from '../model/error.ts';
import { configSchema, parsed } from './descriptor.ts';
import { packedAs } from './packed-as.ts';
import { tarEntries } from './tar-entries.ts';

/** An image out of an engine. */
export interface SavedImage<Kept> {
  config: Buffer;
  labels: Readonly<Record<string, string>>;
  /** What was kept of each layer, from the lowest on. */
  layers: readonly (Kept & {
    /** Digest of the unpacked tar. */
    diffId: string;
  })[];
}

interface Options<Kept> {
  /** Empty folder, for the layers. */
  folder: string;
  /** The engine's, for messages. */
  where: string;
  /** Tells of a layer that need not be read, by the digest of its tar. */
  known?(diffId: string): Promise<Kept | undefined>;
  /** Takes a layer, packed or not as the engine has it, into a file. `diffId`: undefined where it was not computed. */
  keep(content: AsyncIterable<Buffer>, file: string): Promise<Kept & { diffId: string | undefined }>;
  signal: AbortSignal;
}

/** https://github.com/moby/docker-image-spec/blob/main/v1.2.md */
const contentsSchema = z.tuple([z.object({ Config: z.string(), Layers: z.array(z.string()) })]);

/** Documents of an archive are smaller; what is larger is a layer. Bytes. */
const mostDocument = 4 * 2 ** 20;

/** Docker 25 and Podman call layers by the digests of their tars: `blobs/sha256/<hex>`, `<hex>.tar`. */
const digestName = /^(?:blobs\/sha256\/)?([0-9a-f]{64})(?:\.tar)?$/;

/**
 * Reads an archive of `docker save` as it comes, from any engine: nothing of a layer stays in memory, and none that is
 * known is kept again.
 * @throws EngineError (exit 6) for an archive that is not as it should be.
 */
export async function readSaved<Kept extends object>(
  archive: Readable,
  options: Options<Kept>,
): Promise<SavedImage<Kept>> {
  const { signal, where } = options;
  const documents = new Map<string, Buffer>();
  const layers = new Map<string, Kept & { diffId: string | undefined }>();
  const links = new Map<string, string>();
  for await (const entry of tarEntries(archive, signal)) {
    const { name: path, type, linkname } = entry.header;
    const name = posix.normalize(path);
    if (type === 'symlink' || type === 'link') {
      // Docker up to 24 has one link for each further time that a layer is in an image.
      const folder = type === 'symlink' ? posix.dirname(name) : '.';
      links.set(name, posix.join(folder, linkname ?? ''));
    } else if (type === 'file' || type === 'contiguous-file')
      await take(name, entry.header, entry as AsyncIterable<Buffer>);
    entry.resume();
  }

  async function take(name: string, { size }: Header, entry: AsyncIterable<Buffer>): Promise<void> {
    let content = entry;
    if ((size ?? 0) <= mostDocument) {
      const bytes = await bytesOf(entry);
      if (typeof parsed(bytes) === 'object') return void documents.set(name, bytes);
      // `VERSION`, and what else is no tar.
      if (bytes.length < 512 && packedAs(bytes) === undefined) return;
      content = Readable.from([bytes]);
    }
    const [, hex] = digestName.exec(name) ?? [];
    const known = hex === undefined ? undefined : await options.known?.(`sha256:${hex}`);
    if (known !== undefined) return void layers.set(name, { ...known, diffId: `sha256:${hex}` });
    layers.set(name, await options.keep(content, join(options.folder, String(layers.size))));
  }

  const wrong = (what: string) =>
    new EngineError({
      what: `the engine saves an image that ${what}`,
      where,
      next: 'Look at the engine’s log; `docker save` or `podman save` of the image shows the same.',
    });
  const contents = contentsSchema.safeParse(parsed(documents.get('manifest.json') ?? Buffer.alloc(0)));
  if (!contents.success) throw wrong('has no manifest.json with one image');
  const [{ Config, Layers }] = contents.data;
  const config = documents.get(posix.normalize(Config));
  const facts = config && configSchema.safeParse(parsed(config));
  if (config === undefined || !facts?.success) throw wrong('has no config');
  const diffIds = facts.data.rootfs.diff_ids;
  if (diffIds.length !== Layers.length) throw wrong(`has ${Layers.length} of ${diffIds.length} layers`);
  return {
    config,
    labels: facts.data.config?.Labels ?? {},
    layers: Layers.map((path, index) => {
      const name = posix.normalize(path);
      const layer = layers.get(name) ?? layers.get(links.get(name) ?? '');
      const diffId = diffIds[index]!;
      if (layer === undefined) throw wrong(`lacks its layer ${path}`);
      if (layer.diffId !== undefined && layer.diffId !== diffId)
        throw wrong(`has other bytes in its layer ${path} than its config says`);
      return { ...layer, diffId };
    }),
  };
}

async function bytesOf(entry: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk);
  return Buffer.concat(chunks);
}
