/** How a layer is packed, by its first four bytes; undefined for a bare tar. */
export function packedAs(head: Buffer): 'gzip' | 'zstd' | undefined {
  if (head.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return 'gzip';
  return head.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) ? 'zstd' : undefined;
}

/** The first four bytes, if there are as many, and all of it. */
export async function beginning(
  content: AsyncIterable<Buffer>,
): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const rest = content[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const { done, value } = await rest.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const all = (async function* () {
    try {
      yield head;
      for (;;) {
        const { done, value } = await rest.next();
        if (done) return;
        yield value;
      }
    } finally {
      // Who stops early closes what it comes from, an engine's answer for example.
      await rest.return?.();
    }
  })();
  return { head, all };
}
