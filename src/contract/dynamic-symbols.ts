import type { Bytes } from './bytes.ts';
import { readElf } from './elf.ts';
import { Malformed } from './malformed.ts';

/** What the dynamic linker sees of one symbol. */
export interface DynamicSymbol {
  name: string;
  /** Defined in the file, and other files may bind to it. */
  exported: boolean;
  /** Some other file must define it, or this one is not loaded. A weak reference may stay without. */
  needed: boolean;
}

/** Elf64_Sym: name 4, info 1, other 1, section 2, value 8, size 8 bytes. */
const entrySize = 24;
/** Ten times what the largest libraries of a ROCm stack have; it keeps a hostile file from keeping the reader busy. */
const mostSymbols = 2 ** 22;
/** Bytes; the rest of a longer name, which only C++ templates have, is cut. */
const longestName = 1024;

const undefinedSection = 0;
const binding = { global: 1, weak: 2 } as const;
const visibility = { default: 0, protected: 3 } as const;

/**
 * The dynamic symbols of a shared library or program, one after another, from its sections `.dynsym` and `.dynstr`.
 * Works on untrusted files: no read leaves the buffer, and time is bounded by the number of symbols.
 * https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.symtab.html
 * @throws Malformed, also for a file without dynamic symbols, such as a static program.
 */
export function* dynamicSymbols(file: Bytes): Generator<DynamicSymbol> {
  const elf = readElf(file);
  const symbols = elf.section('.dynsym');
  const names = elf.section('.dynstr');
  if (!symbols || !names) throw new Malformed(`${file.what} has no dynamic symbols`);
  const count = symbols.size / entrySize;
  if (!Number.isInteger(count)) throw new Malformed(`${file.what} has odd dynamic symbols`);
  if (count > mostSymbols) {
    throw new Malformed(`${file.what} has ${count} dynamic symbols; ${mostSymbols} are read at most`);
  }
  // The first entry stands for no symbol.
  for (let index = 1; index < count; index++) {
    const at = index * entrySize;
    const name = symbols.u32(at);
    if (name >= names.size) throw new Malformed(`${file.what}: symbol ${index} has its name outside .dynstr`);
    const bound = symbols.u8(at + 4) >> 4;
    const seen = symbols.u8(at + 5) & 3;
    const defined = symbols.u16(at + 6) !== undefinedSection;
    yield {
      name: names.text(name, longestName),
      exported:
        defined &&
        (bound === binding.global || bound === binding.weak) &&
        (seen === visibility.default || seen === visibility.protected),
      needed: !defined && bound === binding.global,
    };
  }
}
