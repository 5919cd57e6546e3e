import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { Interrupted } from '../model/error.ts';

/** Something that only one process of this machine has at a time. */
export interface Lease {
  release(): void;
}

/**
 * Takes a lease, or waits until whoever has it releases it or is gone. The kernel keeps it, as the name of a socket
 * (unix(7), the abstract name space): it goes with its process however that ends, nothing is left to be cleaned up, and
 * those who wait are woken at once. Processes in another network name space, such as a container's, are not seen.
 * @param name what is leased; any text.
 * @param onWait told once when it has to be waited for.
 * @throws Interrupted
 */
export async function takeLease(
  name: string,
  signal: AbortSignal,
  onWait: () => void = () => {},
): Promise<Lease> {
  const path = `\0halobox-${createHash('sha256').update(name).digest('hex')}`;
  for (let waited = false; ; waited = true) {
    if (signal.aborted) throw new Interrupted();
    const server = await listen(path);
    if (server) return { release: () => release(server) };
    if (!waited) onWait();
    await gone(path, signal);
  }
}

/** Connections of those who wait; they are closed with the lease. */
const waiting = new WeakMap<Server, Set<{ destroy(): void }>>();

async function listen(path: string): Promise<Server | undefined> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.unref();
  });
  // What has nothing else to do may end with a lease in its hands.
  server.unref();
  waiting.set(server, sockets);
  try {
    server.listen({ path });
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function release(server: Server): void {
  server.close();
  for (const socket of waiting.get(server)!) socket.destroy();
}

/** Resolves when nobody listens there any more, as far as can be told without taking it. */
async function gone(path: string, signal: AbortSignal): Promise<void> {
  const socket = connect({ path });
  socket.on('error', () => {});
  socket.resume();
  const stop = () => socket.destroy();
  signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((closed) => socket.once('close', () => closed()));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
