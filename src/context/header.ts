/** One entry's facts as a tar header holds them; the time is equal for all. */
export interface TarHeader {
  path: string;
  type: keyof typeof typeFlag;
  mode: number;
  size: number;
  /** Default 0, root. */
  uid?: number | undefined;
  gid?: number | undefined;
  /** Target of a symlink, or the path that a hard link is one more name of. */
  target?: string | undefined;
  /** Of a device. */
  device?: { major: number; minor: number } | undefined;
  /** Extended attributes by name, such as `security.capability`; in the order in which they are written. */
  xattrs?: ReadonlyMap<string, Buffer> | undefined;
}

export const tarBlock = 512;

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
const typeFlag = {
  file: '0',
  link: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
} as const;
const largestOctalSize = 0o77777777777;
const largestOctalId = 0o7777777;

/**
 * The header blocks of one entry: POSIX ustar, with a PAX header before it for what ustar cannot say (a name over 100
 * bytes or beyond ASCII, a file of 8 GiB). Written here and not with tar-stream's `pack.entry`, because a stream
 * object per entry takes as long as reading a small file does.
 */
export function tarHeader(header: TarHeader, time: number): Buffer {
  const { path, size, target = '', uid = 0, gid = 0, xattrs } = header;
  const pax: Buffer[] = [];
  if (!fits(path)) pax.push(paxRecord('path', path));
  if (!fits(target)) pax.push(paxRecord('linkpath', target));
  if (size > largestOctalSize) pax.push(paxRecord('size', String(size)));
  if (uid > largestOctalId) pax.push(paxRecord('uid', String(uid)));
  if (gid > largestOctalId) pax.push(paxRecord('gid', String(gid)));
  for (const [name, value] of xattrs ?? []) pax.push(paxRecord(`${xattrPrefix}${name}`, value));
  const main = ustar(header, typeFlag[header.type], time);
  if (pax.length === 0) return main;
  const records = Buffer.concat(pax);
  const lead = ustar({ path: 'PaxHeader', mode: 0o644, size: records.length }, 'x', time);
  return Buffer.concat([lead, records, paddingOf(records.length), main]);
}

/** What container engines and GNU tar put before the name of an extended attribute. */
export const xattrPrefix = 'SCHILY.xattr.';

const zeros = Buffer.alloc(2 * tarBlock);

/** The zero bytes between the end of a content and the next header. */
export function paddingOf(size: number): Buffer {
  return zeros.subarray(0, (tarBlock - (size % tarBlock)) % tarBlock);
}

/** What ends an archive. */
export const endOfArchive = zeros;

function fits(name: string): boolean {
  // Every character of ASCII is one byte, so the length counts bytes where the test holds.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  return name.length <= 100 && /^[\x00-\x7f]*$/.test(name);
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value as string), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function ustar(
  { path, mode, size, uid = 0, gid = 0, target = '', device }: Omit<TarHeader, 'type'>,
  flag: string,
  time: number,
): Buffer {
  // Out of Node's pool: memory of its own for each of many headers would cost more than all that is in them.
  const header = Buffer.allocUnsafe(tarBlock).fill(0);
  // Where a PAX record has the true value, the cut and garbled one here is never looked at.
  header.write(path.slice(0, 100), 0, 'latin1');
  const octals = [
    octal(mode, 7),
    octal(uid > largestOctalId ? 0 : uid, 7),
    octal(gid > largestOctalId ? 0 : gid, 7),
    octal(size > largestOctalSize ? 0 : size, 11),
    octal(time, 11),
  ];
  header.write(`${octals.join('\0')}\0        ${flag}`, 100, 'latin1');
  header.write(target.slice(0, 100), 157, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  if (device) header.write(`${octal(device.major, 7)}\0${octal(device.minor, 7)}\0`, 329, 'latin1');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
