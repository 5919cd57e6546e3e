import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { raiseBridge } from './bridge.ts';
import { ensureDebianPackages } from './debian-packages.ts';
import { eventually } from './eventually.ts';
import type { OverlayFolders } from './image-files.ts';
import { alone } from './machine-lock.ts';
import { type Flavour, openRoom, type Room } from './room.ts';

export interface Docker {
  readonly socket: string;
  /** The environment of a program that shall find this Docker. */
  readonly env: { readonly DOCKER_HOST: string };
  readonly version: string;
  /** Kills dockerd and nothing else, as the kernel does when memory runs out. */
  crash(): Promise<void>;
  /** After a crash a new dockerd on what the old one left; nothing where it runs. */
  restart(): Promise<void>;
  /** Where the graph driver keeps an image; undefined: there is no such image. */
  foldersOf(reference: string): Promise<OverlayFolders | undefined>;
  stop(): Promise<void>;
}

export interface DockerOptions {
  /** Images in containerd's store instead of the graph driver; `current` only. */
  readonly containerdStore?: boolean;
}

/** A dockerd (20.10 or 28) with data, network and containerd of its own, in a new folder under `parent`. */
export async function startDocker(
  flavour: Flavour,
  parent: string,
  options: DockerOptions = {},
): Promise<Docker> {
  await ensureDebianPackages(['docker.io', 'runc', 'iptables', 'iproute2', 'procps']);
  const room = await openRoom('docker', flavour, parent);
  try {
    const socket = join(room.home, 'docker.sock');
    await raiseBridge(room.bridge);
    await writeFile(join(room.home, 'daemon.json'), JSON.stringify(daemonJson(room, flavour, options)));
    // Two that start at once stumble over each other's iptables chains ("Chain already exists").
    const start = () => alone('dockerd-start', () => startDaemon(room, socket));
    let dockerd = await start();
    const { Version: version } = JSON.parse(await get(socket, '/version'));
    return {
      socket,
      env: { DOCKER_HOST: `unix://${socket}` },
      version,
      async crash() {
        const exit = once(dockerd, 'exit');
        dockerd.kill('SIGKILL');
        await exit;
      },
      async restart() {
        if (dockerd.exitCode !== null || dockerd.signalCode !== null) dockerd = await start();
      },
      async foldersOf(reference) {
        const answer = JSON.parse(await get(socket, `/images/${reference}/json`));
        return answer.GraphDriver?.Data;
      },
      stop: room.close,
    };
  } catch (error) {
    await room.close();
    throw error;
  }
}

async function startDaemon({ home, enter }: Room, socket: string): Promise<ChildProcess> {
  const log = join(home, 'log');
  const output = openSync(log, 'a');
  const dockerd = spawn(
    'setpriv',
    // It ends with the suite, however that ends. containerd leaves its stacks in TMPDIR when it is ended from outside.
    [
      '--pdeathsig=TERM',
      ...enter,
      'env',
      `TMPDIR=${home}`,
      'dockerd',
      `--config-file=${join(home, 'daemon.json')}`,
    ],
    { stdio: ['ignore', output, output], detached: true },
  );
  await once(dockerd, 'spawn');
  await eventually('dockerd answers', async () => {
    if (dockerd.exitCode !== null || dockerd.signalCode !== null) {
      const said = await readFile(log, 'utf8');
      throw new Error(`dockerd did not start:\n${said.split('\n').slice(-20).join('\n')}`);
    }
    return (await get(socket, '/_ping').catch(() => '')) === 'OK';
  });
  return dockerd;
}

function daemonJson({ home, bridge }: Room, flavour: Flavour, { containerdStore = false }: DockerOptions) {
  return {
    'data-root': join(home, 'data'),
    'exec-root': join(home, 'exec'),
    pidfile: join(home, 'docker.pid'),
    hosts: [`unix://${join(home, 'docker.sock')}`],
    bridge: bridge.name,
    'cgroup-parent': `/${bridge.name}`,
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    ...(containerdStore ? {} : { 'storage-driver': 'overlay2' }),
    ...(flavour === 'current' ? { features: { 'containerd-snapshotter': containerdStore } } : {}),
  };
}

async function get(socketPath: string, path: string): Promise<string> {
  const [answer] = await once(request({ socketPath, path }).end(), 'response');
  return text(answer);
}
