import { readSync } from 'node:fs';
import type { Inode } from './inode.ts';

/** A small file's content. @param descriptor of the tar that it is in. @throws Error when it is not all there any more. */
export function readContent(descriptor: number, { content, size }: Inode): Buffer {
  const bytes = Buffer.alloc(size);
  let done = 0;
  while (done < size) {
    const got = readSync(descriptor, bytes, done, size - done, content.offset + done);
    if (got === 0) throw new Error(`${content.tar.file} is shorter than it was`);
    done += got;
  }
  return bytes;
}
