import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { processesOf, processesWith } from '../support/processes.ts';
import { commonConf } from './containers-conf.ts';
import { ensureDebianPackages } from './debian-packages.ts';
import type { OverlayFolders } from './image-files.ts';
import { endNow } from './processes.ts';
import { type Flavour, openRoom, type Room } from './room.ts';

export interface Podman {
  /** A folder with an executable `podman`, to be put first on PATH. */
  readonly path: string;
  /** The environment of a program that shall find this Podman and no other engine. */
  readonly env: { readonly PATH: string };
  readonly version: string;
  /**
   * Kills those of its processes whose command line holds the words, as the kernel does when memory runs out: there is
   * no daemon, the engine is whatever builds or serves. False: there was none.
   */
  crash(words: string): boolean;
  /** Where an image is kept; undefined: there is no such image. */
  foldersOf(reference: string): Promise<OverlayFolders | undefined>;
  stop(): Promise<void>;
}

/**
 * A Podman (4.3 or 5.8) with storage, network and state of its own, in a new folder under `parent`. There is no daemon:
 * every call of the executable enters the same room, so that a container started by one call is there for the next.
 */
export async function startPodman(flavour: Flavour, parent: string): Promise<Podman> {
  await ensureDebianPackages(['podman', 'runc', 'netavark', 'iptables', 'iproute2']);
  const room = await openRoom('podman', flavour, parent);
  try {
    const path = join(room.home, 'bin');
    const podman = join(path, 'podman');
    await writeConfiguration(room);
    await mkdir(path);
    await writeFile(podman, wrapper(room), { mode: 0o755 });
    const { stdout: version } = await execa(podman, ['version', '--format={{.Client.Version}}']);
    return {
      path,
      env: { PATH: `${path}:${process.env.PATH}` },
      version,
      crash(words) {
        const running = processesWith(words);
        const ours = processesOf(`CONTAINERS_CONF=${room.home}/`).filter((pid) => running.includes(pid));
        for (const pid of ours) endNow(pid);
        return ours.length > 0;
      },
      async foldersOf(reference) {
        const format = '--format={{json .GraphDriver.Data}}';
        const { exitCode, stdout, stderr } = await execa(podman, ['image', 'inspect', format, reference], {
          reject: false,
        });
        if (exitCode === 0) return JSON.parse(stdout) as OverlayFolders;
        if (/no such image|image not known/.test(stderr)) return undefined;
        throw new Error(stderr);
      },
      stop: room.close,
    };
  } catch (error) {
    await room.close();
    throw error;
  }
}

/**
 * `exec` all the way: the caller's child is Podman itself, and Podman's children are its grandchildren. A build that is
 * killed leaves its bundle in TMPDIR.
 */
function wrapper({ home, enter }: Room): string {
  return `#!/bin/sh
export PODMAN_IGNORE_CGROUPSV1_WARNING=1 TMPDIR="\${TMPDIR:-${home}}"
export CONTAINERS_CONF='${home}/containers.conf' CONTAINERS_STORAGE_CONF='${home}/storage.conf'
exec ${enter.join(' ')} sh -c 'cd "$0" && exec /usr/bin/podman "$@"' "$PWD" "$@"
`;
}

async function writeConfiguration({ home, bridge }: Room): Promise<void> {
  await mkdir(join(home, 'networks'));
  await writeFile(join(home, 'containers.conf'), containersConf(home, bridge.name));
  await writeFile(
    join(home, 'storage.conf'),
    `[storage]
driver = "overlay"
graphroot = "${home}/storage"
runroot = "${home}/run"
`,
  );
  // Not the network "podman" that Podman makes by itself: netavark's chains go by the name, and the machine's own
  // Podman has one of that name too.
  await writeFile(
    join(home, 'networks', `${bridge.name}.json`),
    JSON.stringify({
      name: bridge.name,
      id: createHash('sha256').update(bridge.name).digest('hex'),
      driver: 'bridge',
      network_interface: bridge.name,
      created: '2026-01-01T00:00:00Z',
      subnets: [{ subnet: bridge.subnet, gateway: bridge.gateway }],
      ipv6_enabled: false,
      internal: false,
      dns_enabled: false,
      ipam_options: { driver: 'host-local' },
    }),
  );
}

/**
 * No `static_dir`: what conmon calls when a container has ended is not told of it, finds no container, and
 * `podman run` hangs for 20 s.
 */
function containersConf(home: string, network: string): string {
  return `${commonConf}tmp_dir = "${home}/tmp"
[network]
network_backend = "netavark"
default_network = "${network}"
network_config_dir = "${home}/networks"
firewall_driver = "iptables"
`;
}
