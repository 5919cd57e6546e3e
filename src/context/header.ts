/** One entry's facts as a tar header holds them; owner and time are equal for all. */
export interface TarHeader {
  path: string;
  type: 'file' | 'directory' | 'symlink';
  mode: number;
  size: number;
  /** Target of a symlink. */
  target?: string;
}

const tarBlock = 512;

const typeFlag = { file: '0', symlink: '2', directory: '5' } as const;
const largestOctalSize = 0o77777777777;

/**
 * The header blocks of one entry: POSIX ustar, with a PAX header before it for what ustar cannot say (a name over 100
 * bytes or beyond ASCII, a file of 8 GiB). Written here and not with tar-stream's `pack.entry`, because a stream
 * object per entry takes as long as reading a small file does.
 */
export function tarHeader({ path, type, mode, size, target = '' }: TarHeader, time: number): Buffer {
  const pax: string[] = [];
  if (!fits(path)) pax.push(paxRecord('path', path));
  if (!fits(target)) pax.push(paxRecord('linkpath', target));
  if (size > largestOctalSize) pax.push(paxRecord('size', String(size)));
  const main = ustar(path, typeFlag[type], mode, size > largestOctalSize ? 0 : size, target, time);
  if (pax.length === 0) return main;
  const records = Buffer.from(pax.join(''));
  const lead = ustar('PaxHeader', 'x', 0o644, records.length, '', time);
  return Buffer.concat([lead, records, paddingOf(records.length), main]);
}

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
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function ustar(path: string, flag: string, mode: number, size: number, target: string, time: number): Buffer {
  // Out of Node's pool: memory of its own for each of many headers would cost more than all that is in them.
  const header = Buffer.allocUnsafe(tarBlock).fill(0);
  // Where a PAX record has the true name, the cut and garbled one here is never looked at.
  header.write(path.slice(0, 100), 0, 'latin1');
  header.write(
    `${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(time, 11)}\0        ${flag}`,
    100,
    'latin1',
  );
  header.write(target.slice(0, 100), 157, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
