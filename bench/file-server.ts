import { createServer } from 'node:http';

/** An upstream that gives one file of so many bytes, the same for everybody, out of memory. Prints its URL. */
const size = Number(process.argv[2]);
const block = Buffer.alloc(2 ** 20);
for (let at = 0; at < block.length; at += 4) block.writeUInt32LE(Math.imul(at, 0x9e3779b1) >>> 0, at);

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-length': size, etag: '"1"' });
  let left = size;
  const more = (): void => {
    while (left > 0) {
      const part = block.subarray(0, left);
      left -= part.length;
      if (!response.write(part)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}/file`);
});
