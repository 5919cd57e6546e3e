import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry as clients see it, and what it gave them. */
export interface Counting {
  /** host:port */
  host: string;
  /** Bytes of all bodies that were given out since the last `reset`. */
  given(): number;
  reset(): void;
  close(): Promise<void>;
}

/** Stands before a registry and counts what is pulled from it. */
export async function countPulls(registry: string): Promise<Counting> {
  let given = 0;
  const server = createServer((asked, answer) => {
    const { method, url, headers } = asked;
    const onward = request(`http://${registry}${url}`, { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode!, answered.headers);
      answered.on('data', (chunk: Buffer) => {
        given += chunk.length;
      });
      answered.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    given: () => given,
    reset: () => {
      given = 0;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
