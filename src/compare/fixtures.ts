import { text } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** One path of a layer: a file's content, or something else. */
type Entry =
  | string
  | { link: string }
  | { mode: number; content: string }
  | { mtime: number; content: string };

/** A layer's tar. Folders are written before what is in them only where they are named. */
export async function layer(entries: Readonly<Record<string, Entry>>): Promise<Buffer> {
  const archive = pack();
  const chunks: Buffer[] = [];
  archive.on('data', (chunk) => chunks.push(chunk as Buffer));
  for (const [name, entry] of Object.entries(entries)) {
    const plain = { name, uid: 0, gid: 0, mtime: new Date(0) };
    if (typeof entry === 'string') archive.entry({ ...plain, mode: 0o644 }, entry);
    else if ('link' in entry) archive.entry({ ...plain, type: 'symlink', linkname: entry.link });
    else if ('mode' in entry) archive.entry({ ...plain, mode: entry.mode }, entry.content);
    else archive.entry({ ...plain, mode: 0o644, mtime: new Date(entry.mtime) }, entry.content);
  }
  archive.finalize();
  await text(archive);
  return Buffer.concat(chunks);
}
