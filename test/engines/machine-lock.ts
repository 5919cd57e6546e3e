import { once } from 'node:events';
import { createServer } from 'node:net';
import { eventually } from './eventually.ts';

/**
 * A claim that one process on this machine can have at a time; undefined when another has it. It is an abstract
 * socket: the kernel gives it back when its holder dies, however it dies.
 */
export async function claim(name: string): Promise<(() => void) | undefined> {
  const socket = createServer();
  socket.listen(`\0halobox-test-${name}`);
  try {
    await once(socket, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  socket.unref();
  return () => socket.close();
}

/** Does the work when no other process on this machine does work under that name. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  let release: (() => void) | undefined;
  await eventually(
    `no other process holds ${name}`,
    async () => {
      release = await claim(name);
      return release !== undefined;
    },
    60,
  );
  try {
    return await work();
  } finally {
    release?.();
  }
}
