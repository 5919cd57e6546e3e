import type { Bytes } from './bytes.ts';
import { Malformed } from './malformed.ts';

/** What is read of a 64-bit little-endian ELF file, https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html */
export interface Elf {
  /** `e_machine`, e.g. 62 for x86-64, 224 for AMD GPUs. */
  machine: number;
  /** `e_flags`, whose meaning depends on the machine. */
  flags: number;
  /** The bytes of a section; undefined when no section has the name. */
  section(name: string): Bytes | undefined;
  /** The bytes of all segments of type PT_NOTE. */
  notes(): Bytes[];
}

const magic = Buffer.from('\x7fELF', 'latin1');
const programHeaderSize = 56;
const sectionHeaderSize = 64;
const segmentTypeNote = 4;
const sectionTypeNoBits = 8;

/** @throws Malformed */
export function readElf(file: Bytes): Elf {
  if (!file.startsWith(magic)) throw new Malformed(`${file.what} is not an ELF file`);
  if (file.u8(4) !== 2 || file.u8(5) !== 1) {
    throw new Malformed(`${file.what} is not a 64-bit little-endian ELF file`);
  }
  file.part(0, 64, 'the ELF header');
  return {
    machine: file.u16(18),
    flags: file.u32(48),
    section: (name) => findSection(file, name),
    notes: () => noteSegments(file),
  };
}

function findSection(file: Bytes, name: string): Bytes | undefined {
  const start = file.u64(40);
  if (start === 0) return undefined;
  if (file.u16(58) !== sectionHeaderSize) throw new Malformed(`${file.what} has odd section headers`);
  const first = file.part(start, sectionHeaderSize, 'the first section header');
  // With more than 65,279 sections their number and the name table's index are in the first header.
  const count = file.u16(60) || first.u64(32);
  const names = file.u16(62) === 0xffff ? first.u32(40) : file.u16(62);
  const headers = file.part(start, count * sectionHeaderSize, 'the section headers');
  const header = (index: number): Bytes =>
    headers.part(index * sectionHeaderSize, sectionHeaderSize, `section header ${index}`);
  const content = (at: Bytes, what: string): Bytes => {
    if (at.u32(4) === sectionTypeNoBits) throw new Malformed(`${what} has no bytes in the file`);
    return file.part(at.u64(24), at.u64(32), what);
  };
  if (count === 0 || names === 0) return undefined;
  const table = content(header(names), 'the section name table');
  for (let index = 1; index < count; index++) {
    if (table.text(header(index).u32(0), name.length + 1) === name) {
      return content(header(index), `section ${name}`);
    }
  }
  return undefined;
}

function noteSegments(file: Bytes): Bytes[] {
  const start = file.u64(32);
  const count = file.u16(56);
  if (start === 0 || count === 0) return [];
  if (file.u16(54) !== programHeaderSize) throw new Malformed(`${file.what} has odd program headers`);
  const headers = file.part(start, count * programHeaderSize, 'the program headers');
  const found: Bytes[] = [];
  let total = 0;
  for (let index = 0; index < count; index++) {
    const header = headers.part(index * programHeaderSize, programHeaderSize, `program header ${index}`);
    if (header.u32(0) !== segmentTypeNote) continue;
    const note = file.part(header.u64(8), header.u64(32), `note segment ${index}`);
    // Thousands of headers for one and the same stretch would only keep the reader busy.
    total += note.size;
    if (total > file.size) throw new Malformed(`${file.what}: the note segments overlap`);
    found.push(note);
  }
  return found;
}
