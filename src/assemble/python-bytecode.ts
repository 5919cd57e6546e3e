/** What Python goes by of a source: seconds since 1970, and bytes. */
export interface Source {
  mtime: number;
  size: number;
}

/**
 * Where the source of compiled Python is, if it is there: https://peps.python.org/pep-3147/
 * @param path of a `.pyc`.
 */
export function sourceOf(path: string): string {
  const [, folder = '', name] = /^(.*\/)?__pycache__\/([^/.]+)\.[^/]+\.pyc$/.exec(path) ?? [];
  return name === undefined ? path.replace(/c$/, '') : `${folder}${name}.py`;
}

/**
 * Compiled Python with the time of its source set to that of all files. Python takes compiled code only where the time
 * and the size in it are those of the source (https://peps.python.org/pep-0552/): without this every start of a program
 * would compile all of it anew, and the time of the build would make each build another. Code of an older source stays
 * what it is, too old.
 * @param bytes of a `.pyc`; what is none, or names its source by a hash, comes back as it is.
 * @param time seconds since 1970.
 * @param source as it was built; undefined: there is none.
 */
export function withTime(bytes: Buffer, time: number, source: Source | undefined): Buffer {
  // Four bytes that tell the version of Python, the last two of them \r\n; then flags, 0 where it goes by time.
  if (bytes.length < 16 || bytes.readUInt16BE(2) !== 0x0d0a || bytes.readUInt32LE(4) !== 0) return bytes;
  const fits =
    source === undefined ||
    (bytes.readUInt32LE(8) === source.mtime % 2 ** 32 && bytes.readUInt32LE(12) === source.size % 2 ** 32);
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(fits ? time : 0, 8);
  return changed;
}
