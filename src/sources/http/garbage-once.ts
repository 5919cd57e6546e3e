import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { openHttp } from './open-http.ts';

/** Asks for a document of 200 MB, as a process of its own, so that its memory can be measured. Prints bytes. */
const garbage = Buffer.alloc(2 ** 20, 'garbage ');
const server = createServer((_, response) =>
  Readable.from(Array.from({ length: 200 }, () => garbage)).pipe(response),
);
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const { signal } = new AbortController();
const http = openHttp({ cache: tmpdir(), mirrors: [], env: {}, signal, now: Date.now });
const said = await http.text(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).then(
  () => 'taken',
  (error: unknown) => String(error),
);
server.closeAllConnections();
server.close();
console.log(JSON.stringify({ said, peak: process.resourceUsage().maxRSS * 1024 }));
