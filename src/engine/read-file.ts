import { posix } from 'node:path';
import type Dockerode from 'dockerode';
import { extract, type Header } from 'tar-stream';
import { EngineError, Interrupted } from '../model/error.ts';
import { statusCode } from './failure.ts';
import type { ContainerMark } from './owner.ts';

export interface ImageFile {
  docker: Dockerode;
  endpoint: string;
  image: string;
  /** Absolute. */
  path: string;
  /** Bytes; a larger file is refused. */
  most: number;
  mark: ContainerMark;
}

/** As Linux: more symbolic links than this in one path are taken for a loop. */
const mostLinks = 40;

/** Reads a regular file out of an image through a container that never starts; undefined when there is none. */
export async function readImageFile(
  { docker, endpoint, image, path, most, mark }: ImageFile,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  if (signal.aborted) throw new Interrupted();
  const container = await docker.createContainer({
    Image: image,
    // An image without a command of its own can't be made a container without naming one.
    Entrypoint: ['/never-started'],
    Cmd: [],
    ...mark,
    HostConfig: { NetworkMode: 'none' },
  });
  try {
    let current = posix.join('/', path);
    for (let links = 0; links < mostLinks; links += 1) {
      const entry = await firstEntry(container, current, most, signal);
      if (entry === undefined) return undefined;
      const { type, linkname, size = 0 } = entry.header;
      if (type === 'file' && size > most) throw tooLarge(`${current} in ${image}`, size, most, endpoint);
      if (type === 'file' || type === 'contiguous-file') return entry.content;
      if (type !== 'symlink' || !linkname) return undefined;
      current = posix.resolve(posix.dirname(current), linkname);
    }
    throw new EngineError({ what: `${path} in ${image} is a loop of symbolic links`, where: endpoint });
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    throw error;
  } finally {
    await container.remove({ force: true, v: true }).catch(() => {});
  }
}

async function firstEntry(
  container: Dockerode.Container,
  path: string,
  most: number,
  signal: AbortSignal,
): Promise<{ header: Header; content: Buffer } | undefined> {
  let archive: NodeJS.ReadableStream;
  try {
    archive = await container.getArchive({ path, abortSignal: signal });
  } catch (error) {
    if (statusCode(error) === 404) return undefined;
    throw error;
  }
  const untar = extract();
  archive.once('error', (error) => untar.destroy(error));
  archive.pipe(untar);
  try {
    for await (const entry of untar) {
      const { type, size = 0 } = entry.header;
      // A folder's archive holds everything below it, of which nothing is wanted.
      if (type !== 'file' || size > most) return { header: entry.header, content: Buffer.alloc(0) };
      // In one piece from the start: a library may have a gigabyte, which would be there twice when pieces are joined.
      const content = Buffer.alloc(size);
      let filled = 0;
      for await (const chunk of entry) filled += (chunk as Buffer).copy(content, filled);
      return { header: entry.header, content };
    }
    return undefined;
  } finally {
    untar.destroy();
    (archive as Partial<import('node:stream').Readable>).destroy?.();
  }
}

function tooLarge(file: string, size: number, most: number, endpoint: string): EngineError {
  const bytes = (count: number) => count.toLocaleString('en');
  return new EngineError({
    what: `${file} has ${bytes(size)} bytes; ${bytes(most)} are read at most`,
    where: endpoint,
    next: 'Name another file; one this large is not read into memory.',
  });
}
