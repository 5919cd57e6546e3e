import { tarBlock, xattrPrefix } from '../context/header.ts';

/**
 * Extended attributes out of the blocks in front of an entry's own header. tar-stream reads values as text, which
 * breaks those that are none: file capabilities are bytes.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
 * @param blocks all whole tar blocks between the entry before and this one's own header.
 */
export function xattrsOf(blocks: Buffer): Map<string, Buffer> {
  const found: [string, Buffer][] = [];
  let at = 0;
  while (at + tarBlock <= blocks.length) {
    const size = Number.parseInt(blocks.toString('latin1', at + 124, at + 135), 8) || 0;
    const start = at + tarBlock;
    if (blocks.toString('latin1', at + 156, at + 157) === 'x')
      for (const [key, value] of paxRecords(blocks.subarray(start, start + size)))
        if (key.startsWith(xattrPrefix)) found.push([key.slice(xattrPrefix.length), value]);
    at = start + Math.ceil(size / tarBlock) * tarBlock;
  }
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Records of `<length> <key>=<value>\n`. */
function* paxRecords(bytes: Buffer): Generator<[string, Buffer]> {
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(bytes.toString('latin1', at, space));
    const equals = bytes.indexOf(0x3d, space);
    if (!(length > 0) || equals < 0) return;
    yield [bytes.toString('utf8', space + 1, equals), bytes.subarray(equals + 1, at + length - 1)];
    at += length;
  }
}
