import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../model/error.ts';
import { type Client, openClient, requestStream } from './client.ts';
import { engineWords } from './failure.ts';
import { type Owner, ownerIsAlive } from './owner.ts';
import { type PodmanCli, podmanError } from './podman-cli.ts';
import { killTree } from './process-tree.ts';

/** Seconds without a request after which the service ends by itself: soon after a halobox that was killed. */
const idle = 10;
const startTime = 10_000;

/** Of the folder of its socket; the halobox that it belongs to follows. */
const prefix = 'halobox-podman-';

/** podman's API, served by a child of this process from the same binary, and so from the same images. */
export class PodmanService {
  readonly client: Client;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #lifeline: IncomingMessage;

  private constructor(client: Client, child: ChildProcess, folder: string, lifeline: IncomingMessage) {
    this.client = client;
    this.#child = child;
    this.#folder = folder;
    this.#lifeline = lifeline;
    // Neither the service nor the lifeline keeps halobox running.
    child.unref();
    lifeline.socket.unref();
    lifeline.on('error', () => {}).resume();
  }

  get runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * The process is there before anything is waited for.
   * @param temporary folder for the socket; a socket's path may have 107 bytes at most.
   */
  static async start(cli: PodmanCli, temporary: string, owner: Owner): Promise<PodmanService> {
    const { namespace, pid, start } = owner;
    const folder = mkdtempSync(join(temporary, `${prefix}${namespace}-${pid}-${start}-`));
    const path = join(folder, 'podman.sock');
    const child = cli.start(['system', 'service', `--time=${idle}`, `unix://${path}`]);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4096);
    });
    child.stdout?.resume();
    for (const stream of [child.stdout, child.stderr])
      (stream as unknown as { unref?: () => void } | null)?.unref?.();
    try {
      await once(child, 'spawn');
      const client = await openClient({ type: 'unix', path });
      return new PodmanService(client, child, folder, await answers(client, child, () => said));
    } catch (error) {
      if (child.pid !== undefined) await killTree({ roots: [child.pid] });
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#lifeline.destroy();
    if (this.runs && this.#child.pid !== undefined) {
      this.#child.ref();
      await killTree({ roots: [this.#child.pid] });
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Removes the folders that services of killed haloboxes left; their services have ended by themselves. */
export async function sweepServices(temporary: string, self: Owner): Promise<void> {
  for (const name of await readdir(temporary).catch(() => [])) {
    const match = /^(\d+)-(\d+)-(\d+)-/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '');
    if (!match) continue;
    const [, namespace, pid, start] = match as unknown as [string, string, string, string];
    if (ownerIsAlive({ boot: self.boot, namespace, pid: Number(pid), start }, self)) continue;
    // Another user's stays.
    await rm(join(temporary, name), { recursive: true, force: true }).catch(() => {});
  }
}

/**
 * Waits for the first answer, a stream of events that is kept open: a service ends when it has been idle for a while,
 * and idle it is once this process and with it the stream has ended, however it ended.
 */
async function answers(client: Client, child: ChildProcess, said: () => string): Promise<IncomingMessage> {
  const deadline = Date.now() + startTime;
  for (;;) {
    try {
      return await requestStream(client, {
        method: 'GET',
        path: '/v4.0.0/libpod/events',
        // Pods are none of halobox's: nothing is ever sent.
        query: { stream: true, filters: JSON.stringify({ type: ['pod'] }) },
      });
    } catch (error) {
      if (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
        await delay(10);
        continue;
      }
      throw new EngineError({
        what: `\`podman system service\` does not start: ${said() === '' ? engineWords(error) : podmanError(said())}`,
        where: client.endpoint,
        next: 'Try `podman info`; it should answer without an error.',
        cause: error,
      });
    }
  }
}
