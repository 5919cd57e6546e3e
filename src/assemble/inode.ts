/** A file, folder or other thing of an image. Several paths of one inode are hard links of each other. */
export interface Inode {
  type: 'file' | 'directory' | 'symlink' | 'character-device' | 'block-device' | 'fifo';
  mode: number;
  uid: number;
  gid: number;
  /** As it was built, seconds since 1970. No file keeps it: compiled Python is judged by it. */
  mtime: number;
  /** Bytes; of everything but files 0. */
  size: number;
  /** Of a symlink. */
  target?: string | undefined;
  device?: { major: number; minor: number } | undefined;
  /** Extended attributes by name, such as `security.capability`, sorted. */
  xattrs: ReadonlyMap<string, Buffer>;
  /** Where a file's content is: in this tar, from this byte on. */
  content: { tar: LayerTar; offset: number };
  /** The content of a file that owners are told by. */
  text?: string | undefined;
}

/** An unpacked layer of an engine's image. */
export interface LayerTar {
  /** Its digest. */
  diffId: string;
  /** Where it lies on the host; undefined: what is in it is known from an earlier time, and it was not read again. */
  file: string | undefined;
}

/** Inodes by path, without a slash in front. */
export type Tree = ReadonlyMap<string, Inode>;
