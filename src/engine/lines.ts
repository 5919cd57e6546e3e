import { StringDecoder } from 'node:string_decoder';

/** Cuts a byte stream into whole lines, whatever the chunks: a UTF-8 character may be split between two. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #longest: number;
  #rest = '';

  /** @param longest a line that never ends (a progress bar) is handed on in pieces of this many characters. */
  constructor(longest = 64 * 1024) {
    this.#longest = longest;
  }

  push(chunk: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > this.#longest) {
      lines.push(this.#rest);
      this.#rest = '';
    }
    return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }

  end(): string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }
}
