import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { Engine } from '../engine/engine.ts';

/**
 * Says to others on this machine that something is in use, until it is released or this process is gone: the kernel
 * keeps it as the name of a socket (unix(7), the abstract name space), so nothing is ever left to be cleaned up.
 */
export async function markInUse(names: readonly string[]): Promise<{ release(): void }> {
  const servers: Server[] = [];
  for (const name of new Set(names)) {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.listen({ path: `\0${prefix}${hashOf(name)}-${randomUUID()}` });
    await once(server, 'listening');
    servers.push(server);
  }
  return {
    release: () => {
      for (const server of servers) server.close();
    },
  };
}

/** Tells whether somebody uses something of that name now. */
export function readInUse(): (name: string) => boolean {
  // proc_net(5): an abstract name is shown with an @ in front.
  const found = readFileSync('/proc/net/unix', 'utf8').matchAll(/@halobox-use-([0-9a-f]{32})-/g);
  const used = new Set([...found].map(([, hash]) => hash));
  return (name) => used.has(hashOf(name));
}

/** What a layer or a released image of an engine is called here, and where it is leased. @param key of it. */
export function useOf({ identity }: Pick<Engine, 'identity'>, key: string): string {
  return `layer ${identity} ${key}`;
}

/** What a file or folder of the cache is called here. */
export function useOfFile(path: string): string {
  return `file ${path}`;
}

const prefix = 'halobox-use-';

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}
