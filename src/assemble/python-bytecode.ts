/**
 * Compiled Python with the time of its source set to that of all files. Python takes compiled code only where the time
 * in it is that of the source (https://peps.python.org/pep-0552/): without this every start of a program would compile
 * all of it anew, and the time of the build would make each build another.
 * @param bytes of a `.pyc`; what is none, or names its source by a hash, comes back as it is.
 * @param time seconds since 1970.
 */
export function withTime(bytes: Buffer, time: number): Buffer {
  // Four bytes that tell the version of Python, the last two of them \r\n; then flags, 0 where it goes by time.
  if (bytes.length < 16 || bytes.readUInt16BE(2) !== 0x0d0a || bytes.readUInt32LE(4) !== 0) return bytes;
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(time, 8);
  return changed;
}
