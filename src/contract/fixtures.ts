import { encode } from '@msgpack/msgpack';
import { bundleMagic } from './bundle.ts';

/** Files made byte by byte for the tests of this room. */

export interface ObjectParts {
  mach?: number;
  machine?: number;
  target?: string;
  waves?: number[];
  /** In place of the encoded metadata. */
  metadata?: Uint8Array;
}

const pad = (bytes: Uint8Array, to: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);

function elfHeader(machine: number, flags: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01\x40', 'latin1');
  header.writeUInt16LE(3, 16);
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(flags, 48);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(64, 58);
  return header;
}

/** A code object: an ELF file with one PT_NOTE segment that holds the metadata. */
export function codeObject({
  mach = 0x4a,
  machine = 224,
  target,
  waves = [32],
  metadata,
}: ObjectParts = {}): Buffer {
  const description =
    metadata ??
    encode({
      'amdhsa.kernels': waves.map((size, index) => ({ '.name': `kernel${index}`, '.wavefront_size': size })),
      'amdhsa.target': target ?? 'amdgcn-amd-amdhsa--gfx1151',
      'amdhsa.version': [1, 2],
    });
  const note = Buffer.alloc(12);
  note.writeUInt32LE(7, 0);
  note.writeUInt32LE(description.length, 4);
  note.writeUInt32LE(32, 8);
  const notes = Buffer.concat([note, pad(Buffer.from('AMDGPU\0'), 4), pad(description, 4)]);
  const header = elfHeader(machine, 0x500 | mach);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(1, 56);
  const program = Buffer.alloc(56);
  program.writeUInt32LE(4, 0);
  program.writeBigUInt64LE(120n, 8);
  program.writeBigUInt64LE(BigInt(notes.length), 32);
  return Buffer.concat([header, program, notes]);
}

/** An offload bundle with an empty entry for the host before the given ones. */
export function bundle(entries: Record<string, Buffer>): Buffer {
  const all: [string, Buffer][] = [
    ['host-x86_64-unknown-linux--', Buffer.alloc(0)],
    ...Object.entries(entries),
  ];
  const tableSize = all.reduce((sum, [id]) => sum + 24 + id.length, 32);
  const table = Buffer.alloc(tableSize);
  bundleMagic.copy(table);
  table.writeBigUInt64LE(BigInt(all.length), 24);
  const contents: Buffer[] = [];
  let cursor = 32;
  let offset = Math.ceil(tableSize / 4096) * 4096;
  for (const [id, bytes] of all) {
    table.writeBigUInt64LE(BigInt(offset), cursor);
    table.writeBigUInt64LE(BigInt(bytes.length), cursor + 8);
    table.writeBigUInt64LE(BigInt(id.length), cursor + 16);
    table.write(id, cursor + 24, 'latin1');
    cursor += 24 + id.length;
    contents.push(pad(bytes, 4096));
    offset += contents.at(-1)!.length;
  }
  const whole = Buffer.concat([pad(table, 4096), ...contents]);
  // The last entry isn't padded: what follows it is the linker's affair.
  const last = all.at(-1)![1];
  return whole.subarray(0, whole.length - (contents.at(-1)!.length - last.length));
}

/** `CCOB`, with the header of its version. */
export function compressed(version: number, method: number, packed: Buffer, plainSize: number): Buffer {
  const header = Buffer.alloc([0, 20, 24, 32][version] ?? 32);
  header.write('CCOB');
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(method, 6);
  const size = header.length + packed.length;
  if (version === 1) header.writeUInt32LE(plainSize, 8);
  if (version === 2) {
    header.writeUInt32LE(size, 8);
    header.writeUInt32LE(plainSize, 12);
  }
  if (version >= 3) {
    header.writeBigUInt64LE(BigInt(size), 8);
    header.writeBigUInt64LE(BigInt(plainSize), 16);
  }
  return Buffer.concat([header, packed]);
}

/** A shared library for x86-64 whose section `.hip_fatbin` holds the bundles, each padded to 4096 bytes. */
export function library(bundles: Buffer[], sectionName = '.hip_fatbin'): Buffer {
  return withSections({ [sectionName]: Buffer.concat(bundles.map((one) => pad(one, 4096))) });
}

export interface SymbolParts {
  /** 0 local, 1 global, 2 weak. */
  bind?: number;
  /** 0 default, 1 internal, 2 hidden, 3 protected. */
  visibility?: number;
  /** Index of the section that defines it; 0: some other file does. */
  section?: number;
}

/** A shared library for x86-64 with these dynamic symbols: global, visible and defined where nothing else is said. */
export function withSymbols(symbols: Record<string, SymbolParts>): Buffer {
  let names = '\0';
  const entries = [Buffer.alloc(24)];
  for (const [name, { bind = 1, visibility = 0, section = 1 }] of Object.entries(symbols)) {
    const entry = Buffer.alloc(24);
    entry.writeUInt32LE(names.length, 0);
    entry.writeUInt8(bind << 4, 4);
    entry.writeUInt8(visibility, 5);
    entry.writeUInt16LE(section, 6);
    entries.push(entry);
    names += `${name}\0`;
  }
  return withSections({ '.dynsym': Buffer.concat(entries), '.dynstr': Buffer.from(names, 'latin1') });
}

/** An ELF file for x86-64 with these sections. */
export function withSections(sections: Record<string, Buffer>): Buffer {
  let names = '\0.shstrtab\0';
  const all = Object.entries(sections).map(([name, content]) => {
    const at = names.length;
    names += `${name}\0`;
    return { at, content };
  });
  const table = Buffer.from(names, 'latin1');
  const section = (name: number, type: number, offset: number, size: number): Buffer => {
    const header = Buffer.alloc(64);
    header.writeUInt32LE(name, 0);
    header.writeUInt32LE(type, 4);
    header.writeBigUInt64LE(BigInt(offset), 24);
    header.writeBigUInt64LE(BigInt(size), 32);
    return header;
  };
  const headers = [section(0, 0, 0, 0), section(1, 3, 64, table.length)];
  let offset = 64 + table.length;
  for (const { at, content } of all) {
    headers.push(section(at, 1, offset, content.length));
    offset += content.length;
  }
  const header = elfHeader(62, 0);
  header.writeBigUInt64LE(BigInt(offset), 40);
  header.writeUInt16LE(headers.length, 60);
  header.writeUInt16LE(1, 62);
  return Buffer.concat([header, table, ...all.map(({ content }) => content), ...headers]);
}

export const gfx1151 = 'hipv4-amdgcn-amd-amdhsa--gfx1151';
